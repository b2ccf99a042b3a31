// What a page tells search engines of itself is complete, and made of words that they know.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { SITES, failure } from './browser.mjs';
import { shown } from './pages.mjs';

// Types of the schema.org vocabulary that a site of this kind has a use for, with what each must and should have:
// for NewsArticle, BreadcrumbList, ListItem, Dataset and DataDownload by Google's documentation of structured data
// ("Article", "Breadcrumb", "Dataset" in its Search Central), for the others by what schema.org gives as their purpose.
// `image` of an article is recommended too, but a brief has no picture.
const VOCABULARY = {
  NewsArticle: ['headline', 'datePublished', 'dateModified', 'author', 'publisher', 'mainEntityOfPage', 'inLanguage', 'url'],
  BreadcrumbList: ['itemListElement'],
  ListItem: ['position', 'name', 'item'],
  Organization: ['name'],
  Person: ['name'],
  WebSite: ['name', 'url'],
  WebPage: [],
  CollectionPage: ['name', 'url'],
  CreativeWork: ['url'],
  ItemList: ['itemListElement'],
  Dataset: ['name', 'description', 'url', 'distribution'],
  DataDownload: ['contentUrl', 'encodingFormat'],
  Thing: ['name'],
  ImageObject: ['url'],
};
// Google asks for ISO 8601 with a time zone, else it takes its own.
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

describe('structured data', () => {
  for (const site of SITES) {
    test(`${site.name}: every block is complete`, () => {
      // Each problem with the pages that have it.
      const problems = new Map();
      const say = ({ path: address }, problem) => problems.set(problem, [...(problems.get(problem) ?? []), address]);
      for (const page of shown(site)) {
        const blocks = blocksOf(site, page);
        const types = new Set(blocks.flatMap(({ graph }) => graph.map((item) => item['@type'])));
        if (page.type === 'brief' && !types.has('NewsArticle')) say(page, 'no NewsArticle');
        // A brief says what it is; the way to it is on the page.
        const hasOther = ['home', 'not-found', 'brief'].includes(page.type);
        if (!hasOther && !types.has('BreadcrumbList')) say(page, `no BreadcrumbList (${page.type})`);
        for (const problem of new Set(blocks.flatMap(({ wrong }) => wrong))) say(page, problem);
      }
      const lines = [...problems].map(([problem, [first, ...more]]) => `${problem}: ${first}${more.length ? ` (and ${more.length} more)` : ''}`);
      if (lines.length) throw failure(lines);
    });
  }
});

function blocksOf(site, { file }) {
  const html = readFileSync(path.join(site.folder, file), 'utf8');
  const texts = [...html.matchAll(/<script type="?application\/ld\+json"?>(.*?)<\/script>/gs)].map(([, text]) => text);
  return texts.map((text) => {
    let block;
    try {
      block = JSON.parse(text);
    } catch (error) {
      return { graph: [], wrong: [`is no JSON: ${error.message}`] };
    }
    const graph = block['@graph'] ?? [block].flat();
    const wrong = [block].flat().every((item) => item['@context'] === 'https://schema.org') ? [] : ['no @context'];
    return { graph, wrong: [...wrong, ...graph.flatMap((item) => [...wrongWith(item, site)])] };
  });
}

function* wrongWith(item, site) {
  const type = item['@type'];
  if (!VOCABULARY[type]) {
    yield `unknown type ${type}`;
    return;
  }
  // A reference to what is described elsewhere needs nothing else.
  const isReference = Object.keys(item).every((key) => ['@type', '@id'].includes(key)) && item['@id'];
  for (const key of isReference ? [] : VOCABULARY[type]) {
    if (item[key] === undefined || item[key] === '' || item[key]?.length === 0) yield `${type} without ${key}`;
  }
  for (const [key, value] of Object.entries(item)) {
    if (/^date/.test(key) && !DATE.test(value)) yield `${type}.${key} is ${value}`;
    if (/^(url|item|@id|contentUrl)$/.test(key) && typeof value === 'string' && !/^https?:\/\/./.test(value)) {
      yield `${type}.${key} is not absolute: ${value}`;
    }
    for (const part of [value].flat()) if (part && typeof part === 'object') yield* wrongWith({ ...part }, site);
  }
  if (type === 'NewsArticle' && item.headline?.length > 0 && Date.parse(item.dateModified) < Date.parse(item.datePublished)) {
    yield 'modified before it was published';
  }
  // Google recommends an address for each author. That of people is not known, that of the publisher is.
  const isPublisher = (author) => author.name === item.publisher?.name;
  if (type === 'NewsArticle' && [item.author].flat().some((author) => author && isPublisher(author) && !author.url)) {
    yield 'NewsArticle.author is the publisher, without its url';
  }
  if (type === 'BreadcrumbList') yield* wrongWithTrail(item.itemListElement ?? [], site);
}

// Two places at least, numbered from one.
function* wrongWithTrail(places, site) {
  if (places.length < 2) yield 'a trail of one place';
  for (const [index, place] of places.entries()) {
    if (place.position !== index + 1) yield `place ${index + 1} has the position ${place.position}`;
    const address = typeof place.item === 'object' ? place.item['@id'] : place.item;
    if (address && !address.startsWith(`${site.url}/`)) yield `a trail leads out of the site: ${address}`;
  }
}

// The checks themselves: a block that lacks something must be noticed.
test('what is missing from a block is noticed', () => {
  const site = { url: 'https://example.org' };
  const wrong = (item) => [...wrongWith(item, site)];
  assert.deepEqual(wrong({ '@type': 'Organization' }), ['Organization without name']);
  assert.deepEqual(wrong({ '@type': 'Newspaper' }), ['unknown type Newspaper']);
  assert.deepEqual(wrong({ '@type': 'WebPage', '@id': '/here/' }), ['WebPage.@id is not absolute: /here/']);
});
