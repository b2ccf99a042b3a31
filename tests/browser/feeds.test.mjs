// Feeds, lists of feeds and sitemaps are what their specifications say, and a feed reader can read them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { SITES, failure, site } from './browser.mjs';
import { filesBelow } from './pages.mjs';
import { MADE } from './sites.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
// The package has the schema of sitemaps.org among its files, not among its modules.
const SITEMAP_SCHEMA = path.join(HERE, 'node_modules', 'sitemap', 'schema', 'sitemap.xsd');
const ATOM_SCHEMA = path.join(HERE, 'schemas', 'atom.rnc');

describe('feeds', () => {
  test('every feed can be read by a feed reader', (t) => {
    const feeds = SITES.flatMap((place) => named(place, 'atom.xml', 'rss.xml'));
    const found = run(path.join(MADE, 'venv', 'bin', 'python'), [path.join(HERE, 'feeds.py'), ...feeds]).stdout;
    const reports = found.trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(reports.length, feeds.length);
    t.diagnostic(`${reports.length} feeds were read`);
    const problems = reports.flatMap(({ file, wrong }) => wrong.map((what) => `${file}: ${what}`));
    if (problems.length) throw failure(problems);
    const entriesOf = (name, file) => reports.find((report) => report.file === path.join(site(name).folder, file)).entries;
    for (const file of ['atom.xml', 'rss.xml', 'weekly/atom.xml']) assert.ok(entriesOf('own', file) > 0, `${file} is empty`);
    assert.equal(entriesOf('empty', 'atom.xml'), 0);
  });

  test('every Atom feed is one by RFC 4287', () => {
    const feeds = SITES.flatMap((place) => named(place, 'atom.xml'));
    // Jing is a Java program: one start for all of them.
    const { status, stdout, stderr } = run('jing', ['-c', ATOM_SCHEMA, ...feeds]);
    // Debian's start script warns of parts of Java that it does not find and does not need.
    const wrong = `${stdout}${stderr}`.split('\n').filter((line) => line && !line.startsWith('[warning]'));
    if (status !== 0 || wrong.length) throw failure(wrong.slice(0, 20));
  });

  for (const place of SITES) {
    test(`${place.name}: the JSON feed is one by version 1.1`, () => {
      const feed = JSON.parse(readFileSync(path.join(place.folder, 'feed.json'), 'utf8'));
      assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
      const problems = [...wrongWithJsonFeed(feed, place)];
      if (problems.length) throw failure(problems);
    });

    test(`${place.name}: the list of feeds is OPML and names feeds that are there`, () => {
      const file = path.join(place.folder, 'feeds.opml');
      wellFormed(file);
      const text = readFileSync(file, 'utf8');
      assert.match(text, /<opml version="2\.0">\s*<head>\s*<title>[^<]+<\/title>/);
      const outlines = [...text.matchAll(/<outline ([^>]*?)\/?>/g)].map(([, attributes]) => attributes);
      for (const outline of outlines) assert.match(outline, /(^| )text="[^"]+"/, 'an outline without text');
      const addresses = outlines.filter((outline) => outline.includes('type="rss"'));
      assert.ok(addresses.length > 0, 'no feed is named');
      for (const outline of addresses) {
        const address = outline.match(/xmlUrl="([^"]+)"/)?.[1];
        assert.ok(address?.startsWith(`${place.url}/`), `${outline} is not of this site`);
        wellFormed(path.join(place.folder, decodeURIComponent(address.slice(place.url.length))));
      }
    });

    test(`${place.name}: the sitemap is one by sitemaps.org`, () => {
      for (const file of named(place, 'sitemap.xml')) {
        const { status, stderr } = run('xmllint', ['--noout', '--nonet', '--schema', SITEMAP_SCHEMA, file]);
        if (status !== 0) throw failure([stderr]);
      }
    });
  }
});

// https://www.jsonfeed.org/version/1.1/
function* wrongWithJsonFeed(feed, place) {
  if (typeof feed.title !== 'string') yield 'no title';
  if (feed.home_page_url !== `${place.url}/`) yield `home_page_url is ${feed.home_page_url}`;
  if (feed.feed_url !== `${place.url}/feed.json`) yield `feed_url is ${feed.feed_url}`;
  if (!Array.isArray(feed.items)) yield 'no items';
  const ids = feed.items.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) yield 'two items have one id';
  for (const authors of [feed.authors, ...feed.items.map((item) => item.authors)]) {
    if (authors && !authors.every(({ name, url, avatar }) => name || url || avatar)) yield 'an author without any name';
  }
  for (const item of feed.items) {
    const isText = (key) => item[key] === undefined || typeof item[key] === 'string';
    if (typeof item.id !== 'string' || !item.id) yield 'an item without id';
    if (!item.content_html && !item.content_text) yield `${item.id}: no content`;
    for (const key of ['title', 'summary', 'content_html', 'content_text', 'language']) {
      if (!isText(key)) yield `${item.id}: ${key} is no text`;
    }
    for (const key of ['url', 'external_url', 'image', 'banner_image']) {
      if (item[key] !== undefined && !/^https?:\/\/./.test(item[key])) yield `${item.id}: ${key} is ${item[key]}`;
    }
    for (const key of ['date_published', 'date_modified']) {
      const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(item[key] ?? '1970-01-01T00:00:00Z');
      if (!isDate || Number.isNaN(Date.parse(item[key] ?? 0))) yield `${item.id}: ${key} is ${item[key]}`;
    }
    if (item.tags && !item.tags.every((tag) => typeof tag === 'string')) yield `${item.id}: a tag is no text`;
  }
}

function wellFormed(file) {
  const { status, stderr } = run('xmllint', ['--noout', '--nonet', file]);
  if (status !== 0) throw failure([stderr]);
}

function named(place, ...names) {
  const files = filesBelow(place.folder).filter((file) => names.includes(path.basename(file)));
  assert.ok(files.length > 0, `${place.name} has no ${names}`);
  return files.map((file) => path.join(place.folder, file));
}

function run(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error) throw new Error(`${program}: ${done.error.message}: tests/run installs it`);
  return done;
}
