// What an author sees in the browser while they save, with the real `dateline serve` over a small site.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, describe, test } from 'node:test';

import { Preview, closeBrowser, newPage, open } from './preview.mjs';
import { BRIEF, GREEN, IMAGE, PAGE, STYLE, brief, live } from './sites/live.mjs';

const TIMEOUT_MS = 300_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
// Each has a site, a program and pages of its own.
const previewTest = (name, flags, body) =>
  test(name, { timeout: TIMEOUT_MS }, async () => {
    const preview = await new Preview(live(), ...flags).start();
    const pages = [];
    const opened = async (address, options) => {
      const page = await newPage(options);
      pages.push(page);
      await open(page, preview.url + address);
      return page;
    };
    try {
      await body({ preview, opened });
      for (const page of pages) assert.deepEqual(page.errors, []);
    } finally {
      for (const page of pages) await page.context().close();
      await preview.end();
    }
  });
after(closeBrowser);

const problems = (page) => page.locator('dateline-preview .problems');
const bar = (page) => page.locator('dateline-preview section[aria-label=Preview]');

// What the author did to the page, and where they are in it.
const touch = (page) =>
  page.evaluate(() => {
    window.untouched = true;
    document.querySelector('#more').open = true;
    document.querySelector('#agree').checked = true;
    document.querySelector('#choice').value = 'b';
    document.querySelector('#long').value = 'a long text';
    document.querySelector('#name').scrollIntoView({ block: 'center', behavior: 'instant' });
    document.querySelector('#name').focus({ preventScroll: true });
    document.querySelector('#name').value = 'Ada Lovelace';
    document.querySelector('#name').setSelectionRange(4, 8);
  });
const touched = (page) =>
  page.evaluate(() => {
    const input = document.querySelector('#name');
    return {
      untouched: window.untouched,
      isOpen: document.querySelector('#more').open,
      agreed: document.querySelector('#agree').checked,
      choice: document.querySelector('#choice').value,
      long: document.querySelector('#long').value,
      focus: document.activeElement.id,
      value: input.value,
      selection: [input.selectionStart, input.selectionEnd],
      top: Math.round(input.getBoundingClientRect().top),
    };
  });

// The page as the server has it by now, as text and as elements.
const isAsServed = () =>
  fetch(location.pathname)
    .then((response) => response.text())
    .then((html) => {
      const clean = (main) => {
        const copy = main.cloneNode(true);
        // What the theme's script adds, what was opened, and what refreshes an image.
        for (const added of copy.querySelectorAll('.anchor, .ago')) added.remove();
        for (const details of copy.querySelectorAll('details')) details.removeAttribute('open');
        copy.normalize();
        return copy.innerHTML.replace(/\?dateline=\w+/g, '').replace(/\s+/g, ' ');
      };
      const fresh = new DOMParser().parseFromString(html, 'text/html');
      const [now, served] = [document, fresh].map((page) => clean(page.querySelector('main')));
      return now === served && document.title === fresh.title;
    });

// Does what changes the page, and waits until the server and then the page have it. The preview's own tag says from which
// rebuild it comes; there may be more than one for a save.
const saved = async (preview, page, edit) => {
  const served = () =>
    fetch(page.url())
      .then((response) => response.text())
      .then((html) => html.replace(/<script [^>]*data-dateline[^>]*>/, ''));
  const before = await served();
  edit();
  await preview.until(async () => (await served()) !== before);
  await page.waitForFunction(isAsServed);
};

const replace = (from, to) => (preview) => preview.edit(PAGE, from, to);
const EDITS = {
  'a word': replace('opening words', 'first words'),
  'a word again': replace('first words', 'very first words'),
  'a paragraph above': replace('The early paragraph number 2 ', 'A new paragraph.\n\nThe early paragraph number 2 '),
  'a paragraph below': replace('The closing words.', 'Before the end.\n\nThe closing words.'),
  'a paragraph less above': replace('The early paragraph number 5 is here to make the page long.\n\n', ''),
  'a paragraph less below': replace('Before the end.\n\n', ''),
  'two paragraphs exchanged': replace(
    'The late paragraph number 1 is here to make the page long.\n\nThe late paragraph number 2 is here to make the page long.\n',
    'The late paragraph number 2 is here to make the page long.\n\nThe late paragraph number 1 is here to make the page long.\n',
  ),
  'a heading': replace('## A list', '## A heading more\n\nIts text.\n\n## A list'),
  'another name of a heading': replace('## A heading more', '## A heading less'),
  'a heading of another level': replace('## A heading less', '### A heading less'),
  'an item of a list': replace('- another item', '- another item\n- a third item'),
  'an item at the begin of a list': replace('- one item', '- an item before\n- one item'),
  'an item less': replace('- a third item\n', ''),
  'a numbered list': replace('- an item before\n- one item\n- another item', '1. one item\n2. another item'),
  'a row of a table': replace('| weight | 40 |', '| weight | 40 |\n| height | 3 |'),
  'a cell of a table': replace('| speed | 12 |', '| speed | 13 |'),
  'a column of a table': replace('| name | value |\n|---|---|', '| name | value | unit |\n|---|---|---|'),
  'a link': replace('The early paragraph number 3', '[The early](https://example.org/a) paragraph number 3'),
  'another target of a link': replace('https://example.org/a', 'https://example.org/b'),
  'emphasis': replace('closing words', '*closing* words'),
  'code': replace('let code = 1;', 'let code = 2;\nlet more = 3;'),
  'a language of code': replace('```\nlet', '```js\nlet'),
  'a quotation': replace('The *closing*', '> Quoted.\n\nThe *closing*'),
  'a footnote': replace('*closing* words.', '*closing* words.[^1]\n\n[^1]: A note.'),
  'a line': replace('## The end', '---\n\n## The end'),
  'the words of a summary': replace('<summary>More</summary>', '<summary>Much more</summary>'),
  'what is in the details': replace('What is inside.', 'What is within.'),
  'words around the fields': replace('<label>Name <input', '<label>Full name <input'),
  'the text before a selection': replace('This paragraph has selected', 'This long paragraph has selected'),
  'a second picture': replace('![A picture]', '![Another picture](/picture.svg)\n\n![A picture]'),
  'letters of other scripts': replace('> Quoted.', '> Größe, 大きさ, حجم.'),
  'a title': replace('title = "Notes"', 'title = "Better notes"'),
  'a description': replace('Notes for a test', 'Better notes for a test'),
  'a paragraph in two': replace('The late paragraph number 4 is', 'The late paragraph number 4\n\nis'),
  'the whole end': (preview) => {
    for (let at = 6; at <= 10; at++) preview.edit(PAGE, `The late paragraph number ${at} is`, `Paragraph ${at} became`);
  },
  'the name of the site': (preview) => preview.edit('config.toml', 'title = "Live"', 'title = "Alive"'),
};

describe('live', { concurrency: 2 }, () => {
  previewTest('edits keep what the author did to the page', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await touch(page);
    const before = await touched(page);
    assert.equal(before.focus, 'name');
    for (const [name, edit] of Object.entries(EDITS)) {
      await saved(preview, page, () => edit(preview));
      const now = await touched(page);
      // What stands in the window stays where it was, whatever came or went above it; a browser rounds lines.
      assert.ok(Math.abs(now.top - before.top) <= 2, `${name}: moved by ${now.top - before.top}`);
      before.top = now.top;
      assert.deepEqual(now, before, name);
    }
  });

  previewTest('a selection stays on its words', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await page.evaluate(() => {
      const found = [...document.querySelectorAll('main p')].find((p) => p.textContent.includes('selected words'));
      const at = found.firstChild.data.indexOf('selected words');
      getSelection().setBaseAndExtent(found.firstChild, at, found.firstChild, at + 'selected words'.length);
    });
    const selection = () => page.evaluate(() => String(getSelection()));
    assert.equal(await selection(), 'selected words');
    for (const [from, to] of [
      ['This paragraph has', 'This short paragraph has'],
      ['in its midst', 'in the midst of it'],
      ['## The middle', 'A paragraph before.\n\n## The middle'],
      ['The opening words', 'No opening words'],
    ]) {
      await saved(preview, page, () => preview.edit(PAGE, from, to));
      assert.equal(await selection(), 'selected words', to);
    }
    // Words change before it and after it at once, and a longer text has the same words twice.
    await saved(preview, page, () => {
      preview.edit(PAGE, 'This short paragraph has', 'This one has a few words, and');
      preview.edit(PAGE, 'in the midst of it', 'in it, and more selected words');
    });
    assert.equal(await selection(), 'selected words');
    const before = await page.evaluate(() => getSelection().anchorNode.data.slice(0, getSelection().anchorOffset));
    assert.equal(before, 'This one has a few words, and ');
  });

  previewTest('a page that is the same is not asked for again', [], async ({ preview, opened }) => {
    const notes = await opened('notes/');
    const brief = await opened('briefs/first/');
    await brief.waitForTimeout(300);
    notes.asked.length = brief.asked.length = 0;
    await saved(preview, notes, () => preview.edit(PAGE, 'opening words', 'other words'));
    await brief.waitForTimeout(300);
    assert.deepEqual(brief.asked, []);
    assert.ok(notes.asked.every((path) => path === '/notes/'), notes.asked.join());
  });

  previewTest('a style sheet is exchanged without a reload', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await page.evaluate(() => {
      window.untouched = true;
      scrollTo({ top: 300, behavior: 'instant' });
    });
    const colour = () => page.evaluate(() => getComputedStyle(document.querySelector('main')).borderLeftColor);
    for (const [from, to] of [
      ['rgb(1, 2, 3)', 'rgb(4, 5, 6)'],
      ['rgb(4, 5, 6)', 'rgb(7, 8, 9)'],
    ]) {
      assert.equal(await colour(), from);
      preview.edit(STYLE, from, to);
      await page.waitForFunction((wanted) => getComputedStyle(document.querySelector('main')).borderLeftColor === wanted, to);
    }
    await page.waitForFunction(() => document.querySelectorAll('link[href*="own.css"]').length === 1);
    // And after an edit of the page itself it is still the new one.
    await saved(preview, page, () => preview.edit(PAGE, 'opening words', 'other words'));
    assert.equal(await colour(), 'rgb(7, 8, 9)');
    const kept = await page.evaluate(() => [window.untouched, scrollY]);
    assert.deepEqual(kept, [true, 300]);
  });

  previewTest('an image is refreshed', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    const color = () =>
      page.evaluate(async () => {
        const image = document.querySelector('main img');
        image.scrollIntoView();
        await image.decode();
        const context = document.createElement('canvas').getContext('2d');
        context.drawImage(image, 0, 0);
        return [...context.getImageData(5, 5, 1, 1).data];
      });
    assert.deepEqual(await color(), [255, 0, 0, 255]);
    await page.evaluate(() => (window.untouched = true));
    preview.write(IMAGE, GREEN);
    await page.waitForFunction(() => document.querySelector('main img').src.includes('dateline='));
    assert.deepEqual(await color(), [0, 128, 0, 255]);
    assert.equal(await page.evaluate(() => window.untouched), true);
  });

  previewTest('scripts that change begin anew', [], async ({ preview, opened }) => {
    preview.write('static/own.js', 'window.said = "one";\n');
    const page = await opened('notes/');
    await page.evaluate(() => (window.untouched = true));
    preview.edit(PAGE, 'The opening', '<script src="/own.js"></script>\n\nThe opening');
    await page.waitForFunction(() => window.said === 'one');
    assert.equal(await page.evaluate(() => window.untouched), undefined);
    preview.write('static/own.js', 'window.said = "two";\n');
    await page.waitForFunction(() => window.said === 'two');
    // Also where a page begins to listen only after the save.
    await page.addInitScript(() => {
      const Stream = EventSource;
      window.EventSource = class {
        constructor(address) {
          setTimeout(() => Object.assign((this.stream = new Stream(address)), { onmessage: (event) => this.onmessage(event) }), 500);
        }
        close() {
          this.stream?.close();
        }
      };
    });
    await page.reload();
    await page.evaluate(() => (window.untouched = true));
    preview.write('static/own.js', 'window.said = "three";\n');
    await page.waitForFunction(() => window.said === 'three' && !window.untouched);
  });

  previewTest('mistakes are shown over the page until they are repaired', [], async ({ preview, opened }) => {
    const page = await opened('briefs/first/');
    await page.evaluate(() => {
      window.untouched = true;
      document.querySelector('main a').focus();
    });
    const focused = await page.evaluate(() => document.activeElement.href);
    preview.edit(BRIEF, 'date = 2026-04-29', 'date = "<img src=x onerror=alert(1)>"\nx = 2026-04-29');
    await problems(page).waitFor({ state: 'visible' });
    const text = await problems(page).innerText();
    assert.match(text, /1 error/);
    assert.match(text, /content\/briefs\/2026-04-29-first\.md:3:\d+/);
    assert.match(text, /3 \| date = "<img src=x onerror=alert\(1\)>"/);
    assert.match(text, /\^\^\^/);
    assert.match(text, /hint|write a day as/);
    assert.equal(await problems(page).locator('img').count(), 0);
    assert.match(await page.locator('dateline-preview [role=alert]').textContent(), /1 error/);
    assert.equal(await page.evaluate(() => document.activeElement.href), focused, 'the focus is not stolen');
    assert.match(await page.locator('main').innerText(), /something small/, 'the last good page stays');
    await page.keyboard.press('Escape');
    await problems(page).waitFor({ state: 'hidden' });
    // Another mistake brings it back.
    preview.edit(BRIEF, 'title = "First brief"', 'titel = "First brief"\ndraft = "no"');
    await problems(page).waitFor({ state: 'visible' });
    await problems(page).getByRole('button', { name: 'Close' }).click();
    await problems(page).waitFor({ state: 'hidden' });
    preview.write(BRIEF, brief('First', 'h3w8kd').replace('something small', 'something repaired'));
    await page.waitForFunction(() => document.querySelector('main').innerText.includes('something repaired'));
    assert.equal(await problems(page).isVisible(), false);
    assert.equal(await page.evaluate(() => window.untouched), true);
  });

  previewTest('what the preview adds is accessible', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await page.evaluate(AXE);
    preview.edit(BRIEF, 'date = 2026', 'date = "wrong"\nx = 2026');
    await problems(page).waitFor({ state: 'visible' });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const found = await page.evaluate(() => window.axe.run({ rules: { 'target-size': { enabled: true } } }));
        const said = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`);
        assert.deepEqual(said, [], `${width} px ${colorScheme}`);
      }
    }
  });

  previewTest('a site without a last good page shows what is wrong, then itself', [], async ({ preview, opened }) => {
    await preview.stop();
    preview.edit('config.toml', 'title = "Live"', 'title = Live');
    await preview.start();
    const page = await opened('notes/');
    await problems(page).getByText('config.toml:1:9').waitFor();
    preview.edit('config.toml', 'title = Live', 'title = "Live"');
    await page.getByText('The opening words').waitFor();
    assert.equal(await problems(page).isVisible(), false);
  });

  previewTest('a tab that nobody saw catches up when it is seen', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    const hide = (isHidden) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await hide(true);
    page.asked.length = 0;
    preview.edit(PAGE, 'opening words', 'words of meanwhile');
    preview.edit(STYLE, 'rgb(1, 2, 3)', 'rgb(4, 5, 6)');
    await page.waitForTimeout(500);
    assert.deepEqual(page.asked, []);
    await hide(false);
    await page.getByText('words of meanwhile').waitFor();
    await page.waitForFunction(() => getComputedStyle(document.querySelector('main')).borderLeftColor === 'rgb(4, 5, 6)');
  });

  previewTest('a repaired site hides its mistakes by itself', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    preview.edit('config.toml', 'title = "Live"', 'title = Live');
    await problems(page).waitFor({ state: 'visible' });
    assert.match(await problems(page).innerText(), /config\.toml:1:/);
    preview.edit('config.toml', 'title = Live', 'title = "Live"');
    await problems(page).waitFor({ state: 'hidden' });
  });

  previewTest('a brief comes, gets another name, and goes', [], async ({ preview, opened }) => {
    const home = await opened('');
    const third = 'content/briefs/2026-05-01-third.md';
    preview.write(third, brief('Third', 'p4q8rt').replace('04-29T', '05-01T'));
    await home.getByRole('link', { name: 'Third brief' }).first().waitFor();
    const page = await opened('briefs/third/');
    await page.getByText('The third takeaway.').waitFor();
    preview.rename(third, 'content/briefs/2026-05-01-fourth.md');
    await page.waitForFunction(() => /not found|no such page|404/i.test(document.body.innerText + document.title));
    assert.equal(new URL(page.url()).pathname, '/briefs/third/');
    await home.waitForFunction(() => document.querySelector('a[href$="/briefs/fourth/"]'));
    preview.rename('content/briefs/2026-05-01-fourth.md', third);
    await page.getByText('The third takeaway.').waitFor();
    preview.remove(third);
    await home.waitForFunction(() => !document.body.innerText.includes('Third brief'));
  });

  previewTest('2,000 files at once are shown when they are all there', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await touch(page);
    await page.evaluate(() => {
      window.answers = [];
      const ask = async () => {
        window.answers.push((await fetch(location.pathname, { cache: 'no-store' })).status);
        setTimeout(ask, 50);
      };
      ask();
    });
    const text = (at) => brief(`Burst ${at}`, '').replace('id = ""\n', '');
    const names = Array.from({ length: 2000 }, (_, at) => `content/briefs/2026-04-20-burst-${at}.md`);
    const rebuilds = () => preview.said.match(/[^\n]* changed, /g) ?? [];
    const more = (line) => Number(/and ([\d,]+) more/.exec(line)?.[1].replace(',', '') ?? 0);
    const changed = () => rebuilds().reduce((sum, line) => sum + 1 + more(line), 0);
    for (const [at, name] of names.entries()) preview.write(name, text(at));
    await preview.until(() => changed() >= 2000);
    // The first is shown at once; that it was one of many is known only afterwards. Writing that goes
    // on for seconds, as on a busy machine, is shown every other second.
    assert.ok(rebuilds().length < 20, rebuilds().join());
    const brief1999 = await opened('briefs/burst-1999/');
    await brief1999.getByText('The burst 1999 takeaway.').waitFor();
    for (const name of names) preview.remove(name);
    await brief1999.waitForFunction(() => /not found|404/i.test(document.body.innerText + document.title));
    assert.ok(rebuilds().length < 40, rebuilds().join());
    const answers = await page.evaluate(() => window.answers);
    assert.ok(answers.length > 1 && answers.every((status) => status === 200), answers.join());
    assert.deepEqual(await touched(page), { ...(await touched(page)), untouched: true, value: 'Ada Lovelace' });
    await problems(page).waitFor({ state: 'hidden' });
  });

  previewTest('pages find the server again after it was started anew', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    await touch(page);
    await preview.stop();
    preview.edit(PAGE, 'opening words', 'words of the night');
    await preview.start();
    await page.waitForFunction(() => document.querySelector('main').innerText.includes('words of the night'));
    assert.equal((await touched(page)).value, 'Ada Lovelace');
    assert.equal((await touched(page)).untouched, true);
    // It has the token of the new run.
    await bar(page).getByRole('button', { name: 'Drafts' }).click();
    await bar(page).getByRole('button', { name: 'Drafts', pressed: true }).waitFor();
    preview.edit(PAGE, 'words of the night', 'words of the day');
    await page.waitForFunction(() => document.querySelector('main').innerText.includes('words of the day'));
  });

  previewTest('two pages at once', [], async ({ preview, opened }) => {
    const [first, second] = [await opened('notes/'), await opened('notes/', { viewport: { width: 390, height: 844 } })];
    preview.edit(PAGE, 'opening words', 'words for both');
    for (const page of [first, second]) await page.getByText('words for both').waitFor();
  });

  previewTest('below a base path', ['--base-url', 'https://example.org/repo'], async ({ preview, opened }) => {
    assert.match(preview.url, /\/repo\/$/);
    const page = await opened('notes/');
    await page.evaluate(() => (window.untouched = true));
    preview.edit(PAGE, 'opening words', 'words below');
    await page.getByText('words below').waitFor();
    preview.edit(STYLE, 'rgb(1, 2, 3)', 'rgb(4, 5, 6)');
    await page.waitForFunction(() => getComputedStyle(document.querySelector('main')).borderLeftColor === 'rgb(4, 5, 6)');
    assert.equal(await page.evaluate(() => window.untouched), true);
    for (const path of page.asked) assert.match(path, /^\/repo\//);
  });

  previewTest('the page of the saved file is opened if that is wanted', ['--navigate'], async ({ preview, opened }) => {
    const page = await opened('');
    preview.edit(PAGE, 'opening words', 'words to be seen');
    await page.waitForURL('**/notes/');
    await page.getByText('words to be seen').waitFor();
    preview.edit(BRIEF, 'something small', 'something large');
    await page.waitForURL('**/briefs/first/');
  });

  previewTest('a change lights up, and a mark leads to one that is out of sight', [], async ({ preview, opened }) => {
    const page = await opened('notes/');
    const lit = () => page.evaluate(() => document.getAnimations().map(({ effect }) => effect.target.textContent.slice(0, 30)));
    preview.edit(PAGE, 'The opening words', 'The changed words');
    await page.getByText('The changed words').waitFor();
    assert.deepEqual(await lit(), ['The changed words.']);
    const mark = page.locator('dateline-preview .mark');
    assert.equal(await mark.isVisible(), false);
    preview.edit(PAGE, 'The closing words', 'The ending words');
    await mark.waitFor({ state: 'visible' });
    assert.equal(await page.evaluate(() => scrollY), 0, 'the page does not scroll by itself');
    await mark.click();
    await page.waitForFunction(() => scrollY > 0);
    await mark.waitFor({ state: 'hidden' });
  });

  previewTest('the bar tells the length, and shows drafts when it is asked', [], async ({ preview, opened }) => {
    preview.write('content/briefs/2026-05-01-idea.md', brief('Idea', 'w9x3yz', 'draft = true\n'));
    const page = await opened('briefs/first/');
    const text = await bar(page).innerText();
    assert.match(text, /\d+ words/);
    assert.match(text, /\d+ min/);
    assert.match(text, /TL;DR 2 words/);
    assert.match(text, /2 links/);
    const idea = await newPage();
    assert.equal((await idea.goto(`${preview.url}briefs/idea/`)).status(), 404);
    const drafts = bar(page).getByRole('button', { name: 'Drafts' });
    await drafts.click();
    await idea.getByText('The idea takeaway.').waitFor();
    await bar(idea).getByText(/Draft\b/).waitFor();
    await drafts.click();
    await idea.waitForFunction(() => !document.body.innerText.includes('The idea takeaway.'));
    await idea.context().close();
  });

  previewTest('the bar folds, stays folded, and is not printed', [], async ({ opened }) => {
    const page = await opened('notes/');
    await bar(page).getByRole('button', { name: 'Preview' }).click();
    assert.equal(await bar(page).getByRole('button', { name: 'Phone' }).isVisible(), false);
    await page.reload();
    assert.equal(await bar(page).getByRole('button', { name: 'Phone' }).isVisible(), false);
    await bar(page).getByRole('button', { name: 'Preview' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await bar(page).getByRole('button', { name: 'Phone' }).isVisible(), true);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await bar(page).isVisible(), false);
  });

  previewTest('other ways to look at a page', [], async ({ preview, opened }) => {
    const page = await opened('notes/', { colorScheme: 'light' });
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    const press = (name) => bar(page).getByRole('button', { name }).click();
    await press('Dark');
    assert.notEqual(await paper(), light);
    await press('Dark');
    assert.equal(await paper(), light);
    await press('Print');
    assert.equal(await page.locator('.masthead nav').first().isVisible(), false);
    await press('Print');
    await press('Phone');
    const phone = page.frameLocator('dateline-preview iframe');
    await phone.getByText('The opening words').waitFor();
    assert.equal(await phone.locator('html').evaluate(() => innerWidth), 390);
    preview.edit(PAGE, 'opening words', 'words on a phone');
    await phone.getByText('words on a phone').waitFor();
    await page.keyboard.press('Escape');
    await press('No script');
    const still = page.frameLocator('dateline-preview iframe');
    await still.getByText('words on a phone').waitFor();
    preview.edit(PAGE, 'words on a phone', 'words without scripts');
    await still.getByText('words without scripts').waitFor();
    assert.equal(await still.locator('html').getAttribute('class'), null, 'scripts are off');
  });

  test('headings and mistakes open in the editor', { timeout: TIMEOUT_MS }, async () => {
    const preview = new Preview(live());
    preview.flags.push('--editor', `node ${preview.path('editor.mjs')} {file} {line}`);
    preview.write('editor.mjs', `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(preview.path('told'))}, process.argv.slice(2).join(' ') + '\\n');\n`);
    preview.write('told', '');
    await preview.start();
    const page = await newPage();
    try {
      await open(page, `${preview.url}briefs/first/`);
      const told = async (wanted) => {
        await preview.until(() => readFileSync(preview.path('told'), 'utf8').includes(wanted));
      };
      await bar(page).getByText(/words/).first().waitFor();
      await page.getByRole('heading', { name: 'Key Takeaways' }).click({ modifiers: ['Alt'] });
      await told('content/briefs/2026-04-29-first.md 12');
      await bar(page).getByRole('button', { name: 'Edit' }).click();
      await told('content/briefs/2026-04-29-first.md 1\n');
      preview.edit(BRIEF, 'date = 2026', 'date = "wrong"\nx = 2026');
      await problems(page).getByRole('button', { name: /first\.md:3/ }).click();
      await told('content/briefs/2026-04-29-first.md 3');
      assert.deepEqual(page.errors, []);
    } finally {
      await page.context().close();
      await preview.end();
    }
  });
});
