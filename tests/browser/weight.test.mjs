// What a page weighs, and what its first picture waits for.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { PHONE, SITES, freshPageTest, site, suite } from './browser.mjs';
import { longest, shown } from './pages.mjs';

const STYLESHEET_MAX = 20_000;
const SCRIPT_MAX = 5_000;
const BRIEF_MAX = 40_000;
// A browser hides text for three seconds, unless its font says otherwise.
const PATIENCE_MS = 2500;

test('the stylesheet and the script are small', () => {
  const size = (name) => statSync(path.join(site('own').folder, name)).size;
  assert.ok(size('dateline.css') < STYLESHEET_MAX, `dateline.css has ${size('dateline.css')} bytes`);
  assert.ok(size('dateline.js') < SCRIPT_MAX, `dateline.js has ${size('dateline.js')} bytes`);
});

test('a brief weighs little', (t) => {
  const own = site('own');
  const weights = shown(own)
    .filter(({ type }) => type === 'brief')
    .map((page) => ({ path: page.path, bytes: page.bytes + linkedBytes(own, page) }))
    .sort((a, b) => a.bytes - b.bytes);
  assert.ok(weights.length > 3);
  const median = weights[Math.floor(weights.length / 2)];
  const largest = weights.at(-1);
  t.diagnostic(`a brief weighs ${median.bytes} bytes, the largest ${largest.bytes} (${largest.path}): HTML, CSS, JavaScript`);
  const heavy = weights.filter(({ bytes }) => bytes >= BRIEF_MAX).map((page) => `${page.path}: ${page.bytes}`);
  assert.deepEqual(heavy, []);
});

// The stylesheets and scripts that a page names, each once.
function linkedBytes({ folder, url, base }, { file }) {
  const html = readFileSync(path.join(folder, file), 'utf8');
  const tags = [...html.matchAll(/<link[^>]*rel="?stylesheet[^>]*>|<script[^>]*src=[^>]*>/g)].map(([tag]) => tag);
  assert.ok(tags.length > 0, `${file} names no stylesheet`);
  const addresses = new Set(tags.map((tag) => new URL(tag.match(/(?:href|src)="?([^"\s>]+)/)[1], `${url}/`).pathname));
  return [...addresses].map((address) => statSync(path.join(folder, address.slice(base.length))).size).reduce((a, b) => a + b);
}

suite('the first picture', () => {
  for (const place of SITES.filter(({ name }) => ['own', 'look', 'arabic'].includes(name))) {
    for (const kind of [longest(place, 'home'), longest(place, 'brief'), longest(place, 'comparison')]) {
      freshPageTest(`${place.name} ${kind.path}: waits for no font`, { site: place, viewport: PHONE }, async (page) => {
        // A font that never comes must not keep the text back.
        await page.route((url) => /\.(woff2?|ttf|otf)$/.test(url.pathname), () => {});
        await page.goto(place.url + kind.path, { waitUntil: 'domcontentloaded' });
        const size = await page.evaluate(largestPaint, PATIENCE_MS);
        assert.ok(size > 0, 'nothing was painted');
        const blocking = await page.evaluate(() =>
          [...document.fonts].filter(({ display }) => !['swap', 'fallback', 'optional'].includes(display)).map(({ family }) => family),
        );
        assert.deepEqual(blocking, [], 'fonts that hide the text until they come');
      });
    }
  }
});

// The size of the first large thing on the page, or 0 if none comes in time.
function largestPaint(patience) {
  return new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries().at(-1).size)).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    });
    setTimeout(() => done(0), patience);
  });
}
