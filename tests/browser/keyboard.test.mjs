// Everything can be reached and worked with the keyboard alone, and one always sees where one is.
import assert from 'node:assert/strict';

import { LAPTOP, SITES, failure, freshPageTest, open, settled, site, suite } from './browser.mjs';
import { longest, oneOfEach, shown } from './pages.mjs';

const own = site('own');
// Tab by Tab is slow on the longest pages; these sites add short pages with long words, and another direction.
const OTHERS = { hard: ['pair', 'tag'], arabic: ['brief', 'comparison'], look: ['home'], empty: ['home'] };
// The kinds of element whose focus was already seen to change the picture.
const seen = new Set();

for (const place of SITES) {
  const kinds = oneOfEach(place).filter(({ type }) => place === own || OTHERS[place.name]?.includes(type));
  suite(`${place.name} by keyboard`, () => {
    for (const kind of kinds) {
      freshPageTest(`${place.name} ${kind.path}: Tab reaches all`, { site: place }, (page, t, problems) =>
        walk(page, place, kind, problems),
      );
    }
  });
}

// Presses Tab until the end of the page, and compares what had the focus with what can be worked.
async function walk(page, place, kind, problems) {
  await open(page, place, kind);
  const expected = await page.evaluate(markStops);
  assert.ok(expected.length > 3, 'nothing to reach');
  problems.push(...expected.filter((stop) => stop.tabIndex > 0).map((stop) => `tabindex of ${stop.name}`));
  const visited = [];
  for (let presses = 0; presses < expected.length + 20; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(lookAtFocus);
    // Behind the last one the focus leaves the page, or comes round.
    if (!stop || stop.index === visited[0]) break;
    // Chromium lets one into what scrolls and holds nothing else to reach.
    if (stop.scrolls && stop.index === undefined) continue;
    visited.push(stop.index);
    if (stop.index === undefined) problems.push(`the focus was on something that was not there before: ${stop.name}`);
    if (stop.hidden) problems.push(`${stop.name} has the focus where nobody sees it: ${stop.hidden}`);
    if (!stop.indicated) problems.push(`${stop.name} looks the same with the focus`);
    if (!seen.has(stop.kind) && !stop.hidden) {
      seen.add(stop.kind);
      if (!(await changesPicture(page, stop.around))) problems.push(`${stop.name} is drawn the same with the focus`);
    }
  }
  const missed = expected.filter((_, index) => !visited.includes(index));
  problems.push(...missed.map(({ name }) => `Tab does not reach ${name}`));
  const isBack = (index, at) => at > 0 && index < visited[at - 1];
  const back = visited.filter(isBack).map((index) => expected[index]?.name);
  problems.push(...back.map((name) => `Tab goes back to ${name}`));
}

// Numbers everything visible that takes the focus, in the order of the page, and notes how it looks without.
function markStops() {
  window.nameOf = (element) => {
    const classes = typeof element.className === 'string' && element.className ? `.${element.className}` : '';
    const text = element.getAttribute('aria-label') ?? element.textContent ?? '';
    return `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}${classes} "${text.trim().slice(0, 40)}"`;
  };
  // A checkbox may be drawn by its label, a cell by its row.
  window.around = (element) => [element, element.parentElement, ...(element.labels ?? []), element.nextElementSibling].filter(Boolean);
  window.looksOf = (element) =>
    window
      .around(element)
      .map((other) => {
        const style = getComputedStyle(other);
        const outline = style.outlineStyle === 'none' ? '' : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
        return [outline, style.boxShadow, style.backgroundColor, style.color, style.borderColor, style.textDecoration].join('|');
      })
      .join('\n');
  const selector = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';
  // Of radio buttons that belong together Tab reaches the one that is chosen; the arrows reach the others.
  const isOther = ({ type, name, checked }) =>
    type === 'radio' && !checked && document.querySelector(`input[type=radio][name="${name}"]:checked`);
  const stops = [...document.querySelectorAll(selector)].filter(
    (element) =>
      element.tabIndex >= 0 &&
      !element.disabled &&
      !isOther(element) &&
      element.checkVisibility({ visibilityProperty: true }),
  );
  window.stops = stops;
  window.before = stops.map((element) => window.looksOf(element));
  return stops.map((element) => ({ name: window.nameOf(element), tabIndex: element.tabIndex }));
}

function lookAtFocus() {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return undefined;
  const found = window.stops.indexOf(element);
  const index = found < 0 ? undefined : found;
  // One of its boxes has to be in the window, and on top there.
  const candidates = [element, ...(element.labels ?? [])].flatMap((other) => [...other.getClientRects()]);
  const boxes = candidates.filter(({ width, height }) => width > 1 && height > 1);
  const points = boxes.flatMap(({ left, right, top, bottom }) => [
    [(left + right) / 2, (top + bottom) / 2],
    [left + 2, top + 2],
    [right - 2, bottom - 2],
  ]);
  const owns = (hit) => hit && [element, ...(element.labels ?? [])].some((own) => own.contains(hit) || hit.contains(own));
  const onTop = points.some(([x, y]) => owns(document.elementFromPoint(x, y)));
  const hidden = boxes.length === 0 ? 'it has no size' : onTop ? '' : 'it is covered or outside of the window';
  const around = {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
  return {
    index,
    name: window.nameOf(element),
    kind: [element.tagName, element.className, element.type, element.closest('header, nav, main, footer')?.tagName].join(' '),
    hidden,
    scrolls: element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight,
    indicated: index === undefined || window.looksOf(element) !== window.before[index],
    around,
  };
}

// The picture around an element with and without the focus.
async function changesPicture(page, around) {
  const margin = 8;
  const x = Math.max(0, around.left - margin);
  const y = Math.max(0, around.top - margin);
  const width = Math.min(LAPTOP.width, around.right + margin) - x;
  const height = Math.min(LAPTOP.height, around.bottom + margin) - y;
  const clip = { x, y, width, height };
  const withFocus = await page.screenshot({ clip });
  // The next Tab goes on from here all the same.
  await page.evaluate(() => document.activeElement.blur());
  return !withFocus.equals(await page.screenshot({ clip }));
}

suite('shortcuts', () => {
  const home = { path: '/', type: 'home' };
  const brief = longest(own, 'brief');

  freshPageTest('the first Tab shows the skip link, which leads to the content', { site: own }, async (page) => {
    await open(page, own, home);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.matches('a.skip')), true, 'a.skip is first');
    assert.ok(await isInWindow(page, 'a.skip'), 'the skip link is not seen');
    await page.keyboard.press('Enter');
    assert.equal(new URL(page.url()).hash, '#_main-content');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement.closest('main') !== null), 'the next Tab is in the content');
  });

  freshPageTest('? shows the shortcuts, Escape hides them and gives the focus back', { site: own }, async (page) => {
    await open(page, own, home);
    const link = page.locator('nav[aria-label="Site"] a').nth(1);
    await link.focus();
    await page.keyboard.press('?');
    const dialog = page.locator('dialog#_keys');
    await dialog.waitFor({ state: 'visible' });
    assert.ok(await page.evaluate(() => document.querySelector('#_keys').contains(document.activeElement)), 'focus is inside');
    const text = await dialog.innerText();
    for (const key of ['j', 'k', 'n', 'p', 'g h', 'g w', 'g c', 'g p', 'g a', 't', '?']) {
      assert.match(text.replace(/\s+/g, ' '), new RegExp(`(^|\\W|\\b)${key.replace('?', '\\?')}(\\W|\\b|$)`), `${key} is not named`);
    }
    // The focus cannot get out of it.
    for (let presses = 0; presses < 6; presses += 1) await page.keyboard.press('Tab');
    const where = await page.evaluate(() => document.activeElement.closest('#_keys, body').id || document.activeElement.tagName);
    assert.ok(['_keys', 'BODY'].includes(where), `the focus left the dialog: ${where}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.ok(await link.evaluate((element) => element === document.activeElement), 'the focus came back');
  });

  freshPageTest('the button in the footer shows the shortcuts too', { site: own }, async (page) => {
    await open(page, own, home);
    const button = page.locator('footer #_shortcuts');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog#_keys').waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await page.locator('dialog#_keys').waitFor({ state: 'hidden' });
    assert.ok(await button.evaluate((element) => element === document.activeElement), 'the focus came back');
  });

  freshPageTest('j and k go through the entries of a list', { site: own }, async (page) => {
    await open(page, own, home);
    const entries = await page.locator('article.card :is(h2, h3, h4) a').evaluateAll((all) => all.map((a) => a.href));
    assert.ok(entries.length > 2, 'too few entries');
    const pressed = [];
    for (const key of ['j', 'j', 'j', 'k']) {
      await page.keyboard.press(key);
      pressed.push(await page.evaluate(() => document.activeElement.href));
      const stop = await page.evaluate(() => {
        const { top, bottom } = document.activeElement.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
      assert.ok(stop, `${key}: the entry is outside of the window`);
    }
    assert.deepEqual(pressed, [entries[0], entries[1], entries[2], entries[1]]);
    await page.keyboard.press('Enter');
    await page.waitForURL(entries[1]);
  });

  freshPageTest('n and p go to the next and the previous page', { site: own }, async (page) => {
    await visitNextAndBack(page, own, shown(own).filter(({ type }) => type === 'brief'));
  });

  freshPageTest('n and p turn the pages of a list', { site: site('hard') }, async (page) => {
    const hard = site('hard');
    await visitNextAndBack(page, hard, shown(hard).filter(({ type }) => ['section', 'tag'].includes(type)));
  });

  // The address that each sequence leads to.
  const places = { h: '/', w: '/weekly/', c: '/compare/', p: '/predictions/', a: '/archive/' };
  for (const place of [own, site('own-below')]) {
    freshPageTest(`${place.name}: g and a letter lead to the main pages`, { site: place }, async (page) => {
      for (const [letter, address] of Object.entries(places)) {
        await open(page, place, { path: '/tags/', type: 'tags' });
        await page.keyboard.press('g');
        await page.keyboard.press(letter);
        await page.waitForURL(place.url + address, { timeout: 3000 });
      }
    });
  }

  freshPageTest('t changes the theme', { site: own, colorScheme: 'light' }, async (page) => {
    await open(page, own, home);
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.keyboard.press('t');
    assert.equal(await theme(), 'light');
    await page.keyboard.press('t');
    assert.equal(await theme(), 'dark');
  });

  freshPageTest('keys mean nothing special in a field or with Ctrl, Alt and Meta', { site: own }, async (page) => {
    await open(page, own, brief);
    await page.evaluate(() => {
      const fields = document.createElement('div');
      fields.innerHTML = '<input id="field"><textarea id="area"></textarea><p id="free" contenteditable>.</p>';
      document.querySelector('main').prepend(fields);
    });
    const before = await state(page);
    for (const field of ['#field', '#area', '#free']) {
      await page.locator(field).focus();
      await page.keyboard.type('tjknp?ghgw');
      await settled(page);
      assert.deepEqual(await state(page), before, `in ${field}`);
      assert.ok(await page.locator(field).evaluate((element) => element === document.activeElement));
    }
    await page.evaluate(() => document.activeElement.blur());
    for (const modifier of ['Control', 'Alt', 'Meta']) {
      for (const key of ['t', 'j', 'k', 'g', 'h', '?']) {
        // Straight to the page: the browser has uses of its own for some of them.
        await page.evaluate(
          ([name, letter]) => {
            const how = { key: letter, bubbles: true, cancelable: true, [name]: true };
            document.body.dispatchEvent(new KeyboardEvent('keydown', how));
          },
          [{ Control: 'ctrlKey', Alt: 'altKey', Meta: 'metaKey' }[modifier], key],
        );
      }
      await settled(page);
      assert.deepEqual(await state(page), before, `with ${modifier}`);
    }
    // And the keys do work here, or all of the above proves nothing.
    await page.keyboard.press('t');
    assert.notDeepEqual(await state(page), before);
  });

  const permissions = ['clipboard-read', 'clipboard-write'];
  freshPageTest('each heading has a button that copies its address', { site: own, permissions }, async (page) => {
    await open(page, own, brief);
    const headings = page.locator('main :is(h2, h3)[id]');
    const count = await headings.count();
    assert.ok(count > 3, 'too few headings');
    assert.equal(await page.locator('main :is(h2, h3)[id] button.anchor').count(), count, 'one button each');
    const heading = headings.nth(1);
    const [id, text] = await heading.evaluate((element) => {
      const copy = element.cloneNode(true);
      copy.querySelector('button').remove();
      return [element.id, copy.textContent.trim()];
    });
    const button = heading.locator('button.anchor');
    assert.equal(await button.getAttribute('aria-label'), `Copy link to ${text}`);
    await button.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== '');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, `${own.url}${brief.path}#${id}`);
  });

  freshPageTest('details open and close by Enter and by the space bar', { site: own }, async (page) => {
    await open(page, own, longest(own, 'comparison'));
    const details = page.locator('main details').first();
    await details.locator('summary').focus();
    const isOpen = () => details.evaluate((element) => element.open);
    await page.keyboard.press('Enter');
    assert.equal(await isOpen(), true);
    await page.keyboard.press('Enter');
    assert.equal(await isOpen(), false);
    await page.keyboard.press('Space');
    assert.equal(await isOpen(), true);
  });

  freshPageTest('a time of today says how long ago it was', { site: own }, async (page) => {
    await open(page, own, brief);
    const times = () => page.locator('main time[datetime*="T"]');
    const latest = await times().first().getAttribute('datetime');
    assert.equal(await page.locator('span.ago').count(), 0, 'an old time has no age');
    await page.clock.setFixedTime(new Date(Date.parse(latest) + 3 * 3600 * 1000));
    await open(page, own, brief);
    const age = page.locator(`time[datetime="${latest}"] + span.ago, time[datetime="${latest}"] > span.ago`).first();
    assert.match(await age.innerText(), /3\s*h ago/);
  });

  async function visitNextAndBack(page, place, kinds) {
    for (const kind of kinds) {
      await open(page, place, kind);
      const next = page.locator('a[rel~=next], link[rel~=next]').first();
      if ((await next.count()) === 0) continue;
      const address = await next.evaluate((element) => element.href);
      await page.keyboard.press('n');
      await page.waitForURL(address, { timeout: 3000 });
      await settled(page);
      await page.keyboard.press('p');
      await page.waitForURL(place.url + kind.path, { timeout: 3000 });
      return;
    }
    throw failure(['no page has a next one']);
  }
});

// All that a key could have changed.
function state(page) {
  return page.evaluate(() => ({
    address: location.href,
    theme: document.documentElement.dataset.theme,
    dialog: document.querySelector('dialog[open]')?.id,
    stored: { ...localStorage },
  }));
}

function isInWindow(page, selector) {
  return page.locator(selector).evaluate((element) => {
    const { left, top, right, bottom, width } = element.getBoundingClientRect();
    return width > 1 && left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  });
}
