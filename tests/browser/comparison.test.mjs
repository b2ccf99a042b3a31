// Comparisons: the controls work with and without scripts, names stay in view, and paper loses nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { LAPTOP, PHONE, failure, openWithoutScript, pageTest, site, suite } from './browser.mjs';
import { COMPARISONS, longest, oneOfEach, shown } from './pages.mjs';
import { MADE } from './sites.mjs';

// What the print dialogue of a browser begins with.
const MARGIN = { top: '1cm', right: '1cm', bottom: '1cm', left: '1cm' };

// A name of a column may take several lines.
const BAND_PT = 60;

const PLACES = ['own', 'hard', 'arabic'].map(site);

for (const place of PLACES) {
  suite(`comparisons of ${place.name}`, () => {
    for (const kind of oneOfEach(place).filter(({ type }) => COMPARISONS.includes(type))) {
      for (const javaScriptEnabled of [true, false]) {
        const how = javaScriptEnabled ? 'with scripts' : 'without scripts';
        for (const viewport of [LAPTOP, PHONE]) {
          const name = `${place.name} ${kind.path}: controls at ${viewport.width} px ${how}`;
          pageTest(name, { site: place, javaScriptEnabled }, async (page) => {
            await page.setViewportSize(viewport);
            await openWithoutScript(page, place, kind);
            await differencesOnly(page);
            await pickCompanies(page, viewport);
            await openSource(page);
          });
        }
      }
    }
  });
}

suite('comparisons', () => {
  const scrolled = [
    [site('hard'), longest(site('hard'), 'comparison'), LAPTOP],
    [site('hard'), longest(site('hard'), 'comparison'), PHONE],
    [site('hard'), longest(site('hard'), 'compare'), LAPTOP],
    [site('own'), longest(site('own'), 'compare'), LAPTOP],
    [site('own'), longest(site('own'), 'compare'), PHONE],
    [site('arabic'), longest(site('arabic'), 'comparison'), { width: 800, height: 400 }],
  ];
  for (const [place, kind, viewport] of scrolled) {
    pageTest(`${place.name} ${kind.path}: names stay in view at ${viewport.width} px`, { site: place }, async (page, t, problems) => {
      await page.setViewportSize(viewport);
      await openWithoutScript(page, place, kind);
      // All columns, where a phone would show two.
      if (viewport === PHONE) {
        for (const box of await page.locator('fieldset.pick input').all()) await press(box);
      }
      problems.push(...(await page.evaluate(scrollToTheEnd)));
    });
  }

  pageTest('a conflict and an old value are said in words', { site: site('hard') }, async (page) => {
    const hard = site('hard');
    await page.setViewportSize(LAPTOP);
    await openWithoutScript(page, hard, longest(hard, 'comparison'));
    const conflict = page.locator('td .conflict').first();
    assert.match(await conflict.innerText(), /conflict/i);
    const sign = await page.locator('.conflict, .conflict *').evaluateAll((all) =>
      all.map((element) => getComputedStyle(element, '::before').content).filter((text) => text !== 'none' && text !== 'normal'),
    );
    const isMarked = sign.length > 0 || /[^\p{L}\p{N}\p{P}\s]/u.test(await conflict.innerText());
    assert.ok(isMarked, 'a conflict has no sign');
  });

  pageTest('an old value is said in words', { site: site('own') }, async (page) => {
    const own = site('own');
    for (const kind of shown(own).filter(({ type }) => COMPARISONS.includes(type))) {
      await openWithoutScript(page, own, kind);
      const stale = page.locator('.compare .stale');
      if ((await stale.count()) === 0) continue;
      const [first] = await stale.allInnerTexts();
      assert.match(first, /old|stale|year|older|since/i);
      return;
    }
    throw failure(['no value of the demonstration is old']);
  });
});

suite('comparisons on paper', () => {
  const own = site('own');
  const printed = [
    ...shown(own).filter(({ type }) => ['compare', 'comparison'].includes(type)).map((kind) => [own, kind]),
    [own, longest(own, 'pair')],
    ...['compare', 'comparison', 'pair'].map((type) => [site('hard'), longest(site('hard'), type)]),
    [site('chinese'), longest(site('chinese'), 'comparison')],
  ];
  for (const [place, kind] of printed) {
    pageTest(`${place.name} ${kind.path}: whole on paper`, { site: place }, async (page, t, problems) => {
      await page.setViewportSize(LAPTOP);
      await openWithoutScript(page, place, kind);
      const wanted = await page.evaluate(headersAndLastCells);
      assert.ok(wanted.length > 0 && wanted.every(({ lastCells }) => lastCells.length > 2), 'no table');
      const name = `${place.name}${kind.path.replaceAll('/', '-')}.pdf`;
      mkdirSync(path.join(MADE, 'print'), { recursive: true });
      const file = path.join(MADE, 'print', name);
      await page.pdf({ path: file, format: 'A4', margin: MARGIN, preferCSSPageSize: true });
      const paper = readPdf(file);
      problems.push(...paper.outside.map((word) => `beyond the edge of the paper: ${word}`));
      for (const { columns, lastCells } of wanted) {
        problems.push(...lostOf(columns, bestBand(columns, paper.words)).map((lost) => `no column ${lost}`));
        problems.push(...lostOf(lastCells, paper.words).map((lost) => `no last cell ${lost}`));
      }
    });
  }
});

// By the keyboard, since the boxes may be drawn by their labels.
async function press(box) {
  await box.focus();
  await box.page().keyboard.press('Space');
}

async function differencesOnly(page) {
  const rows = () => page.locator('div.compare').first().evaluate((compare) => {
    const all = [...compare.querySelectorAll('tbody tr:not(:has(> th[scope=rowgroup]))')];
    const seen = (row) => row.getClientRects().length > 0;
    return { same: all.filter((row) => row.matches('.same')).map(seen), others: all.filter((row) => !row.matches('.same')).map(seen) };
  });
  const before = await rows();
  assert.ok([...before.same, ...before.others].every(Boolean), 'a row is hidden from the start');
  assert.ok(before.same.length + before.others.length > 0, 'no rows');
  const box = page.locator('.compare .controls input[type=checkbox].differences').first();
  assert.match(await box.evaluate((element) => element.labels[0].textContent), /Differences only/);
  await press(box);
  const after = await rows();
  assert.ok(!after.same.some(Boolean), 'a row without differences is shown');
  assert.ok(after.others.every(Boolean), 'a row with differences is hidden');
  await press(box);
  assert.deepEqual(await rows(), before);
}

async function pickCompanies(page, viewport) {
  const compare = page.locator('div.compare').first();
  const columns = () => compare.evaluate(shownColumns);
  const names = await compare.locator('thead th').count();
  const companies = names - 1;
  const boxes = compare.locator('fieldset.pick input[type=checkbox]');
  if (companies <= 2) {
    assert.equal(await boxes.count(), 0, 'nothing to pick from');
    return;
  }
  assert.equal(await boxes.count(), companies, 'one box a company');
  const all = Array.from({ length: companies }, (_, index) => index + 1);
  const atFirst = viewport === PHONE ? [1, 2] : all;
  assert.deepEqual(await columns(), [0, ...atFirst], 'columns at first');
  await press(compare.locator('input.c2'));
  assert.deepEqual(await columns(), [0, 2]);
  await press(compare.locator(`input.c${companies}`));
  assert.deepEqual(await columns(), [0, 2, companies]);
  const label = await compare.locator('input.c2').evaluate((element) => element.labels[0].textContent.trim());
  assert.equal(label, (await compare.locator('thead th').nth(2).innerText()).trim(), 'the box names its column');
  await press(compare.locator('input.c2'));
  await press(compare.locator(`input.c${companies}`));
  assert.deepEqual(await columns(), [0, ...atFirst], 'columns in the end');
}

// The columns of which the header and every cell are shown; a column that is half there is an error.
function shownColumns(compare) {
  const isShown = (cell) => cell.getClientRects().length > 0;
  const heads = [...compare.querySelectorAll('thead th')].map(isShown);
  for (const row of compare.querySelectorAll('tbody tr:not(:has(> th[scope=rowgroup]))')) {
    const cells = [...row.cells].map(isShown);
    if (String(cells) !== String(heads)) return `the header has ${heads}, row ${row.id} has ${cells}`;
  }
  return heads.flatMap((shown, index) => (shown ? [index] : []));
}

async function openSource(page) {
  const details = page.locator('.compare td details.source').first();
  const [cell, row, column] = await details.evaluate((element) => {
    const td = element.closest('td');
    const head = td.closest('table').tHead.rows[0].cells[td.cellIndex];
    return [td.id, td.parentElement.cells[0].textContent.trim(), head.textContent.trim()];
  });
  assert.match(cell, /^[^.]+\.[^.]+$/, 'the cell has an address');
  const name = await details.locator('summary').textContent();
  assert.ok(name.includes(row) && name.includes(column), `"${name}" does not say ${row} and ${column}`);
  const link = details.locator('a').first();
  assert.equal(await link.isVisible(), false);
  await details.locator('summary').focus();
  await page.keyboard.press('Enter');
  assert.equal(await link.isVisible(), true, 'the source is shown');
}

// Scrolls to the last cell of the longest table; its row's and its column's names must lie on top there.
function scrollToTheEnd() {
  const tables = [...document.querySelectorAll('.compare table')].sort((a, b) => b.rows.length - a.rows.length);
  const isShown = (element) => element.getClientRects().length > 0;
  const table = tables[0];
  const row = [...table.tBodies].at(-1).rows[[...table.tBodies].at(-1).rows.length - 1];
  const cell = [...row.cells].filter(isShown).at(-1);
  const column = table.tHead.rows[0].cells[cell.cellIndex];
  if (table.getBoundingClientRect().height < innerHeight) return ['the table is too short to scroll: a test of nothing'];
  cell.scrollIntoView({ block: 'end', inline: 'end' });
  if (scrollY === 0 && table.closest('.table').scrollTop === 0) return ['nothing scrolled: a test of nothing'];
  const onTop = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    return element.contains(document.elementFromPoint(x, y));
  };
  const problems = [];
  if (!onTop(column)) problems.push(`the name of the column is out of sight: ${column.textContent}`);
  if (!onTop(row.cells[0])) problems.push(`the name of the row is out of sight: ${row.cells[0].textContent}`);
  if (!onTop(table.tHead.rows[0].cells[0])) problems.push('the corner is out of sight');
  return problems;
}

// What must be on paper of each table: all names of columns, and the last cell of each row.
function headersAndLastCells() {
  const textOf = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const parts = [];
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode;
      const { width, height } = parentElement.getBoundingClientRect();
      // Text of one pixel is for screen readers.
      if (parentElement.checkVisibility() && width > 1 && height > 1) parts.push(data);
    }
    return parts.join(' ').trim();
  };
  return [...document.querySelectorAll('.compare table')].map((table) => ({
    columns: [...table.tHead.rows[0].cells].map(textOf),
    lastCells: [...table.tBodies].flatMap(({ rows }) => [...rows].map(({ cells }) => textOf(cells[cells.length - 1]))),
  }));
}

// What of some texts is not among the words, each text with the words that it lacks.
function lostOf(texts, words) {
  return texts.flatMap((text) => {
    const lost = text.split(/\s+/).filter((word) => word && !isPrinted(word, words));
    return lost.length ? [`"${text.replace(/\s+/g, ' ')}": ${lost.join(', ')}`] : [];
  });
}

// The words beside the first column's name, where the other names must be: elsewhere they stand in links too.
function bestBand(columns, words) {
  const first = columns[0].split(/\s+/)[0];
  const bands = words
    .filter(({ text }) => fold(text) === fold(first))
    .map((anchor) => words.filter((word) => word.page === anchor.page && Math.abs(word.top - anchor.top) < BAND_PT));
  const lacking = (band) => lostOf(columns, band).length;
  return bands.reduce((best, band) => (lacking(band) < lacking(best) ? band : best), []);
}

// The words of a PDF with their places, and those that do not lie on the paper.
function readPdf(file) {
  const xml = execFileSync('pdftotext', ['-bbox', file, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const words = [];
  const outside = [];
  let page = { number: 0, width: 0, height: 0 };
  for (const line of xml.split('\n')) {
    const numbers = (...names) => names.map((name) => Number(line.match(new RegExp(`${name}="([-\\d.]+)"`))[1]));
    if (line.includes('<page ')) {
      const [width, height] = numbers('width', 'height');
      page = { number: page.number + 1, width, height };
    } else if (line.includes('<word ')) {
      const [left, top, right, bottom] = numbers('xMin', 'yMin', 'xMax', 'yMax');
      const text = decoded(line.replace(/<[^>]*>/g, '').trim());
      words.push({ text, left, top, right, bottom, page: page.number });
      // The box of a word has the height of the tallest letter of its font, which need not be there.
      const middle = (top + bottom) / 2;
      if (left < 0 || middle < 0 || right > page.width || middle > page.height) outside.push(`${text} on page ${page.number}`);
    }
  }
  return { words, outside };
}

function decoded(text) {
  const names = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(\w+);/g, (whole, name) => names[name] ?? whole);
}

// A word is there as it is, within a longer one, or broken over lines that stand below each other.
function isPrinted(wanted, words) {
  const folded = fold(wanted);
  return words.some((word) => {
    const text = fold(word.text);
    return text.includes(folded) || begins(folded, text) && continues(folded.slice(shared(folded, text)), word, words);
  });
}

function continues(rest, above, words) {
  if (rest === '') return true;
  return words.some((word) => {
    const isBelow = word.page === above.page && word.top > above.top && word.top - above.top < 3 * (above.bottom - above.top);
    const isInColumn = word.left < above.right && word.right > above.left;
    const text = fold(word.text);
    if (!isBelow || !isInColumn) return false;
    return text.startsWith(rest) || begins(rest, text) && continues(rest.slice(shared(rest, text)), word, words);
  });
}

// Whether a line holds the begin of a word: all that stands on the line, but for what it may have been hyphenated with.
function begins(wanted, line) {
  return line !== '' && wanted.startsWith(line.replace(/[-‐\u00ad]$/, '') || line);
}

function shared(wanted, line) {
  return wanted.startsWith(line) ? line.length : line.length - 1;
}

function fold(text) {
  return text.normalize('NFKC').replace(/\u00ad/g, '');
}
