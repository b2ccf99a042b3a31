// Light and dark: by the reader's system, by the button, remembered, and never the wrong one first.
import assert from 'node:assert/strict';

import { SITES, freshPageTest, open, settled, site, suite } from './browser.mjs';
import { longest } from './pages.mjs';

const HOME = { path: '/', type: 'home' };
const KEY = 'dateline-theme';

suite('theme', () => {
  for (const place of SITES.filter(({ name }) => ['own', 'own-below', 'look'].includes(name))) {
    for (const colorScheme of ['light', 'dark']) {
      freshPageTest(`${place.name}: ${colorScheme} as the system is`, { site: place, colorScheme }, async (page) => {
        await open(page, place, HOME);
        assert.equal(await tone(page), colorScheme);
      });
      const options = { site: place, colorScheme, javaScriptEnabled: false };
      freshPageTest(`${place.name}: ${colorScheme} without scripts`, options, async (page) => {
        await page.goto(`${place.url}/`);
        assert.equal(await tone(page), colorScheme);
      });
    }

    freshPageTest(`${place.name}: the button goes round and is remembered`, { site: place, colorScheme: 'light' }, async (page) => {
      await page.addInitScript(recordFrames);
      await open(page, place, HOME);
      const button = page.locator('#_theme');
      const labels = [await button.getAttribute('aria-label')];
      const press = async () => {
        await button.click();
        await settled(page);
        labels.push(await button.getAttribute('aria-label'));
      };
      await press();
      assert.deepEqual(await state(page), { chosen: 'light', stored: 'light', tone: 'light' });
      // A reader who chose light keeps it when the system turns dark.
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.equal(await tone(page), 'light');
      await page.emulateMedia({ colorScheme: 'light' });
      await press();
      assert.deepEqual(await state(page), { chosen: 'dark', stored: 'dark', tone: 'dark' });
      await page.reload();
      await settled(page);
      assert.deepEqual(await state(page), { chosen: 'dark', stored: 'dark', tone: 'dark' });
      assert.equal(await button.getAttribute('aria-label'), labels.at(-1), 'the label after a reload');
      await assertNoFlash(page, 'dark');
      await open(page, place, longest(place, 'brief'));
      assert.equal(await tone(page), 'dark');
      await assertNoFlash(page, 'dark');
      await open(page, place, HOME);
      await press();
      await page.emulateMedia({ colorScheme: 'dark' });
      assert.equal(await tone(page), 'dark', 'auto follows the system');
      await page.emulateMedia({ colorScheme: 'light' });
      assert.equal(await tone(page), 'light', 'auto follows the system');
      assert.equal(new Set(labels.slice(0, 3)).size, 3, `three states, three labels: ${labels}`);
      assert.equal(labels[3], labels[0], 'after three presses all is as before');
    });

    freshPageTest(`${place.name}: light was chosen on a dark system`, { site: place, colorScheme: 'dark' }, async (page) => {
      await page.addInitScript((key) => localStorage.setItem(key, 'light'), KEY);
      await page.addInitScript(recordFrames);
      await open(page, place, HOME);
      assert.equal(await tone(page), 'light');
      await assertNoFlash(page, 'light');
    });
  }

  freshPageTest('storage that is forbidden or holds nonsense does no harm', { site: site('own') }, async (page) => {
    const place = site('own');
    await page.addInitScript((key) => localStorage.setItem(key, '"><script>'), KEY);
    await open(page, place, HOME);
    assert.equal(await tone(page), 'light');
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('forbidden', 'SecurityError');
        },
      });
    });
    await open(page, place, HOME);
    // Nothing can be remembered, but the button works for this page. An exception would be found by `pageTest`.
    await page.locator('#_theme').click();
    await page.locator('#_theme').click();
    await settled(page);
    assert.equal(await tone(page), 'dark');
  });
});

// What each frame has shown, and whether the theme was known before there was a body to draw.
function recordFrames() {
  window.frames_ = [];
  window.atBody = undefined;
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    window.atBody = document.documentElement.dataset.theme ?? 'none';
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
  const look = () => {
    if (document.body) {
      const colours = [document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor);
      window.frames_.push(colours.join(' '));
    }
    if (window.frames_.length < 30) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function assertNoFlash(page, theme) {
  const [atBody, frames] = await page.evaluate(() => [window.atBody, window.frames_]);
  assert.equal(atBody, theme, 'data-theme when the body began');
  assert.ok(frames.length > 0, 'no frame was seen');
  assert.equal(new Set(frames).size, 1, `the background changed: ${[...new Set(frames)]}`);
}

async function state(page) {
  const [chosen, stored] = await page.evaluate((key) => [document.documentElement.dataset.theme, localStorage.getItem(key)], KEY);
  return { chosen, stored, tone: await tone(page) };
}

// Light or dark, by the colour that a reader sees behind the text, in the middle of an empty margin.
async function tone(page) {
  const colour = await page.evaluate(() => {
    for (const element of [document.body, document.documentElement]) {
      const { backgroundColor } = getComputedStyle(element);
      if (!/, 0\)$|transparent/.test(backgroundColor)) {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d');
        canvas.fillStyle = backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
      }
    }
    return undefined;
  });
  if (!colour) return 'no background';
  const [red, green, blue] = colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 128 ? 'light' : 'dark';
}
