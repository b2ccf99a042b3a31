// Every address that a site names of itself is there, with its fragment, at `/` and under a path.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { SITES, failure } from './browser.mjs';
import { launch } from './chromium.mjs';
import { NOWHERE, filesBelow } from './pages.mjs';

// Texts that name addresses in full: feeds, data, the sitemap.
const TEXTS = ['.xml', '.json', '.opml', '.txt', '.csv', '.ics'];

let browser;
let reader;

describe('links', { concurrency: 1 }, () => {
  before(async () => {
    browser = await launch();
    reader = await browser.newPage({ javaScriptEnabled: true });
  });
  after(() => browser.close());

  for (const site of SITES) {
    test(`${site.name}: every link of every page leads somewhere, ids are unique`, async (t) => {
      const read = new Map();
      for (const page of site.pages) {
        const html = readFileSync(path.join(site.folder, page.file), 'utf8');
        read.set(page.file, await reader.evaluate(idsAndLinks, html));
      }
      // Each problem with the places where it is.
      const problems = new Map();
      const say = (where, problem) => problems.set(problem, [...(problems.get(problem) ?? []), where]);
      let count = 0;
      for (const page of site.pages) {
        const { ids, links } = read.get(page.file);
        const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
        for (const id of twice) say(page.path, `two elements have the id ${id}`);
        for (const link of links) {
          count += 1;
          const problem = wrongWith(site, link, `${site.url}${page.path}`, read);
          if (problem) say(page.path, `${link} ${problem}`);
        }
      }
      assert.ok(count > 20, 'no links were found');
      t.diagnostic(`${site.name}: ${count} links`);
      for (const file of filesBelow(site.folder).filter((name) => TEXTS.includes(path.extname(name)))) {
        const text = readFileSync(path.join(site.folder, file), 'utf8').replaceAll('&amp;', '&');
        for (const [address] of text.matchAll(/https?:\/\/127\.0\.0\.1:\d+[^\s"'<>()\\&,\]]*/g)) {
          const problem = wrongWith(site, address, undefined, read);
          if (problem) say(file, `${address} ${problem}`);
        }
      }
      const lines = [...problems].map(([problem, [first, ...more]]) => `${first}: ${problem}${more.length ? ` (and ${more.length} more)` : ''}`);
      if (lines.length) throw failure(lines);
    });
  }
});

// In the browser, since it is what decides what is a link.
function idsAndLinks(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const values = (name) => [...page.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name));
  const sets = values('srcset').flatMap((set) => set.split(',').map((part) => part.trim().split(/\s+/)[0]));
  const refresh = page.querySelector('meta[http-equiv=refresh]')?.content.replace(/^.*url=/i, '');
  const named = page.querySelector('meta[property="og:url"]')?.content;
  const data = [...page.querySelectorAll('script[type="application/ld+json"]')]
    .flatMap((script) => script.textContent.match(/https?:\/\/127\.0\.0\.1:\d+[^\s"\\]*/g) ?? []);
  const links = [...values('href'), ...values('src'), ...values('poster'), ...values('action'), ...sets, refresh, named, ...data];
  return { ids: values('id'), links: links.filter((link) => link !== undefined) };
}

function wrongWith(site, link, from, read) {
  let target;
  try {
    target = new URL(link, from);
  } catch {
    return 'is no address';
  }
  if (target.origin !== site.origin) {
    // Another port of this machine is another of our sites, and nobody's link.
    if (target.hostname === '127.0.0.1') return 'is of another site';
    return /^(https?|mailto|data):$/.test(target.protocol) ? undefined : 'has an odd scheme';
  }
  if (target.href === site.url) return undefined;
  const asked = decodeURIComponent(target.pathname);
  if (!asked.startsWith(`${site.base}/`)) return 'is outside of the site';
  const below = asked.slice(site.base.length + 1);
  // The page of missing addresses speaks of itself by the address that was asked for.
  if (asked === site.base + NOWHERE && target.hash) return wrongWithFragment(target, '404.html', read);
  const file = below === '' || below.endsWith('/') ? `${below}index.html` : below;
  const whole = path.join(site.folder, file);
  if (!existsSync(whole)) return 'is not there';
  if (statSync(whole).isDirectory()) return 'lacks its slash and costs a redirect';
  return wrongWithFragment(target, file, read);
}

function wrongWithFragment({ hash }, file, read) {
  const fragment = decodeURIComponent(hash.slice(1));
  const isThere = !fragment || !read.has(file) || read.get(file).ids.includes(fragment);
  return isThere ? undefined : 'has a fragment that is not there';
}
