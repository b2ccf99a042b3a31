// The Nu HTML Checker has nothing to say about any page, stylesheet or picture.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SITES, failure, site } from './browser.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const CHECKER = path.join(HERE, 'node_modules', 'vnu-jar', 'build', 'dist', 'vnu.jar');

// The same pages as those of `own`, under another address.
const ALIKE = ['own-below'];
// Said of every picture in Markdown: `<img />` is what Zola's renderer writes as well.
const KNOWN = ['Trailing slash on void elements has no effect'];

describe('markup', () => {
  test('every page', (t) => {
    const places = SITES.filter(({ name }) => !ALIKE.includes(name));
    const count = places.map(({ pages }) => pages.length).reduce((a, b) => a + b);
    assert.ok(count > 100, 'the sites are missing');
    // All in one go, since the checker takes seconds to start.
    check('--skip-non-html', ...places.map(({ folder }) => folder));
    t.diagnostic(`${count} pages were checked`);
  });

  test('the stylesheet', () => check('--css', path.join(site('own').folder, 'dateline.css')));
  test('the icon', () => check('--svg', path.join(site('own').folder, 'dateline.svg')));
});

function check(...args) {
  const all = ['-jar', CHECKER, '--format', 'json', '--stdout', '--exit-zero-always', ...args];
  const { error, stdout, stderr } = spawnSync('java', all, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw new Error(`java: ${error.message}: tests/run installs it`);
  assert.ok(stdout.startsWith('{'), `the checker did not run: ${stderr}`);
  const { messages } = JSON.parse(stdout);
  const others = messages.filter(({ message }) => !KNOWN.some((known) => message.startsWith(known)));
  // Each message once, with the first place.
  const found = new Map();
  for (const other of others) found.set(other.message, [...(found.get(other.message) ?? []), other]);
  const lines = [...found.values()].map(([{ type, subType, url, lastLine, message, extract }, ...more]) => {
    const place = `${url?.replace(/.*\/browser\/sites\//, '')}:${lastLine}`;
    return `${subType ?? type}: ${message}\n    ${place} (and ${more.length} more): ${extract?.trim()}`;
  });
  if (lines.length) throw failure(lines);
}
