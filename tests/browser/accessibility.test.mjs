// axe finds nothing on a page of each type: light and dark, on a phone and on a laptop, with everything unfolded, and
// in the colours that a reader forces on the page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { LAPTOP, PHONE, SITES, open, pageTest, settled, suite } from './browser.mjs';
import { oneOfEach } from './pages.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const RULES = {
  // Off unless asked for, although WCAG 2.2 AA has it (2.5.8): targets of 24 px.
  'target-size': { enabled: true },
};

const LIGHT_PHONE = { colorScheme: 'light', forcedColors: 'none', viewport: PHONE };
const DARK_PHONE = { colorScheme: 'dark', forcedColors: 'none', viewport: PHONE };
const LIGHT_LAPTOP = { colorScheme: 'light', forcedColors: 'none', viewport: LAPTOP };
const DARK_LAPTOP = { colorScheme: 'dark', forcedColors: 'none', viewport: LAPTOP };
const FORCED = { colorScheme: 'dark', forcedColors: 'active', viewport: LAPTOP };
const ALL = [LIGHT_PHONE, DARK_PHONE, LIGHT_LAPTOP, DARK_LAPTOP, FORCED];

// What the other sites add is other content in the same theme; two of the five see it.
const RUNS = {
  own: ALL,
  look: [LIGHT_LAPTOP, DARK_PHONE],
  hard: [LIGHT_PHONE, DARK_LAPTOP],
  arabic: [LIGHT_PHONE, DARK_LAPTOP],
  chinese: [LIGHT_PHONE],
  single: [LIGHT_LAPTOP],
  empty: [DARK_PHONE],
};

for (const site of SITES.filter(({ name }) => RUNS[name])) {
  suite(`${site.name} is accessible`, () => {
    for (const kind of oneOfEach(site)) {
      pageTest(`${site.name} ${kind.path}: axe`, { site }, async (page, t, problems) => {
        // The same finding in several of them is said once.
        const found = new Map();
        for (const { viewport, ...media } of RUNS[site.name]) {
          const how = `${viewport.width} px ${media.forcedColors === 'active' ? 'forced colours' : media.colorScheme}`;
          await page.setViewportSize(viewport);
          await page.emulateMedia(media);
          await open(page, site, kind);
          await unfold(page);
          for (const text of await violations(page)) found.set(text, [...(found.get(text) ?? []), how]);
        }
        for (const [text, hows] of found) problems.push(`${text}\n    in ${hows.join(', ')}`);
      });
    }
  });
}

// What is folded away is not looked at.
async function unfold(page) {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('details')) element.open = true;
  });
  await settled(page);
}

async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(
    ([tags, rules]) =>
      axe.run(document, { runOnly: { type: 'tag', values: tags }, rules, resultTypes: ['violations'] }),
    [TAGS, RULES],
  );
  return found.violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => `    ${node.target.join(' ')}: ${reason(node)}`);
    return [`${id}: ${help} (${nodes.length})`, ...places].join('\n');
  });
}

function reason({ any, all, none }) {
  return [...any, ...all, ...none].map(({ message }) => message).join('; ');
}
