// The search index finds what that of Zola 0.22 finds, read by the libraries that themes read it with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import elasticlunr from 'elasticlunr';
import Fuse from 'fuse.js';

import { DATELINE, MADE, ROOT } from './sites.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SITE = path.join(ROOT, 'tests', 'sites', 'search');

// Words of all pages and of none: stems, stop words, names with accents, code, what must not be found.
const WORDS = [
  'storm', 'boats', 'boat', 'repairing', 'repaired', 'runs', 'running', 'sailor', 'forecast', 'tide', 'weather', 'the', 'café', 'émile',
  'anchor_chain', 'submarine', 'kraken', 'lighthouse', 'dolphins', 'draft', 'walrus', 'buoys', 'gulls', 'narwhal', 'compass', 'relational', 'generalization',
  'master of the harbour', 're-opened', 'har', 'when',
];

describe('search', () => {
  test('elasticlunr finds what it finds in the index of Zola', () => {
    const read = (text) => elasticlunr.Index.load(JSON.parse(text.replace(/^window\.searchIndex = /, '')));
    const theirs = read(readFileSync(path.join(HERE, 'search', 'elasticlunr.js'), 'utf8'));
    const folder = built('config.toml');
    const ours = read(readFileSync(path.join(folder, 'search_index.en.js'), 'utf8'));
    const fields = { title: { boost: 2 }, description: { boost: 1 }, body: { boost: 1 } };
    for (const config of [{ fields, bool: 'OR', expand: true }, { fields, bool: 'AND' }]) {
      same((word) => theirs.search(word, config).map(({ ref }) => ref), (word) => ours.search(word, config).map(({ ref }) => ref));
    }
    // A theme shows what is stored with a page.
    const { docs } = ours.documentStore;
    for (const [url, shown] of Object.entries(docs)) assert.deepEqual(shown, theirs.documentStore.docs[url]);
  });

  test('Fuse gets the documents that Zola gives it', () => {
    const theirs = JSON.parse(readFileSync(path.join(HERE, 'search', 'fuse.json'), 'utf8'));
    const ours = JSON.parse(readFileSync(path.join(built('fuse.toml'), 'search_index.en.json'), 'utf8'));
    const options = { keys: ['title', 'body', 'path'], threshold: 0.2 };
    const [read, made] = [new Fuse(theirs, options), new Fuse(ours, options)];
    same((word) => read.search(word).map(({ item }) => item.url), (word) => made.search(word).map(({ item }) => item.url));
    const sorted = (documents) => documents.toSorted((a, b) => a.url.localeCompare(b.url));
    assert.deepEqual(sorted(ours), sorted(theirs));
  });

  test('the library that is shipped is the one of npm', () => {
    const shipped = readFileSync(path.join(built('config.toml'), 'elasticlunr.min.js'));
    assert.deepEqual(shipped, readFileSync(path.join(HERE, 'node_modules', 'elasticlunr', 'elasticlunr.min.js')));
  });
});

function built(config) {
  const folder = path.join(MADE, 'search', config);
  execFileSync(DATELINE, ['build', '--force', '--root', SITE, '--config', path.join(SITE, config), '--output-dir', folder], { stdio: 'pipe' });
  return folder;
}

// Each word gets the same pages by both, and most words get some.
function same(theirs, ours) {
  let found = 0;
  for (const word of WORDS) {
    const expected = theirs(word).toSorted();
    assert.deepEqual(ours(word).toSorted(), expected, `what is found for “${word}”`);
    found += expected.length > 0;
  }
  assert.ok(found > 9, `only ${found} words were found at all`);
}
