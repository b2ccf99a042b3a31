// What pages a built site has, told by their addresses, and which of them stand for the others in dear checks.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

// The first that fits. An address alone says enough, since Dateline fixes the addresses of its views.
const TYPES = [
  ['home', /^\/$/],
  ['page-2', /\/page\/\d+\/$/],
  ['tags', /^\/(tags|audiences)\/$/],
  ['tag', /^\/tags\/[^/]+\/$/],
  ['audience', /^\/audiences\/[^/]+\/$/],
  ['sources', /^\/sources\/$/],
  ['source', /^\/sources\/[^/]+\/$/],
  ['companies', /^\/companies\/$/],
  ['company', /^\/companies\/[^/]+\/$/],
  ['company-timeline', /^\/companies\/[^/]+\/timeline\/$/],
  ['compare', /^\/compare\/$/],
  ['pair', /^\/compare\/[^/]+-vs-[^/]+\/$/],
  ['comparison', /^\/compare\/[^/]+\/$/],
  ['predictions', /^\/predictions\/$/],
  ['predictions-year', /^\/predictions\/\d+\/$/],
  ['weeks', /^\/weekly\/$/],
  ['week', /^\/weekly\/\d+-w\d+\/$/],
  ['events', /^\/events\/$/],
  ['event', /^\/events\/[^/]+\/$/],
  ['timeline', /^\/timeline\/$/],
  ['timeline-year', /^\/timeline\/\d+\/$/],
  ['corrections', /^\/corrections\/$/],
  ['corrections-year', /^\/corrections\/\d+\/$/],
  ['archive', /^\/archive\/$/],
  ['archive-year', /^\/archive\/\d+\/$/],
  ['docs', /^\/docs\//],
  ['section', /^\/briefs\/$/],
  ['brief', /^\/briefs\/[^/]+\/$/],
  ['other', /^/],
];

// Types of which the longest and the shortest page are looked at; of the others the longest is enough.
const BOTH_ENDS = ['brief', 'company'];

// An address that no site has.
export const NOWHERE = '/no/such/page/';

export function pagesOf(folder) {
  const pages = [];
  for (const file of filesBelow(folder)) {
    if (path.extname(file) !== '.html') continue;
    const html = readFileSync(path.join(folder, file), 'utf8');
    const bytes = statSync(path.join(folder, file)).size;
    if (file === '404.html') {
      pages.push({ type: 'not-found', path: NOWHERE, file, bytes });
    } else if (path.basename(file) === 'index.html') {
      const address = `/${file.slice(0, -'index.html'.length)}`;
      const type = /http-equiv="?refresh/i.test(html)
        ? 'redirect'
        : TYPES.find(([, pattern]) => pattern.test(address))[0];
      pages.push({ type, path: address, file, bytes });
    } else {
      // E-mail editions and the like: no pages of the theme, but HTML all the same.
      pages.push({ type: 'file', path: `/${file}`, file, bytes });
    }
  }
  return pages;
}

export function filesBelow(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  return files.map((file) => file.split(path.sep).join('/')).sort();
}

// The pages that a reader sees in the theme.
export function shown(site) {
  return site.pages.filter((page) => page.type !== 'redirect' && page.type !== 'file');
}

// One or two pages of each type.
export function oneOfEach(site) {
  const chosen = [];
  for (const type of new Set(shown(site).map((page) => page.type))) {
    const pages = shown(site).filter((page) => page.type === type);
    pages.sort((a, b) => b.bytes - a.bytes);
    chosen.push(pages[0]);
    if (BOTH_ENDS.includes(type) && pages.length > 1) chosen.push(pages.at(-1));
  }
  return chosen;
}

// The longest page of a type, if the site has any.
export function longest(site, type) {
  const pages = shown(site).filter((page) => page.type === type);
  return pages.sort((a, b) => b.bytes - a.bytes)[0];
}

export const COMPARISONS = ['compare', 'comparison', 'pair'];
