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

const LIGHT_PHONE = { colorScheme: 'light', viewport: PHONE };
const DARK_PHONE = { colorScheme: 'dark', viewport: PHONE };
const LIGHT_LAPTOP = { colorScheme: 'light', viewport: LAPTOP };
const DARK_LAPTOP = { colorScheme: 'dark', viewport: LAPTOP };

// What the other sites add is other content in the same theme; two of the four see it.
const RUNS = {
  own: [LIGHT_PHONE, DARK_PHONE, LIGHT_LAPTOP, DARK_LAPTOP],
  look: [LIGHT_LAPTOP, DARK_PHONE],
  hard: [LIGHT_PHONE, DARK_LAPTOP],
  arabic: [LIGHT_PHONE, DARK_LAPTOP],
  chinese: [LIGHT_PHONE],
  single: [LIGHT_LAPTOP],
  empty: [DARK_PHONE],
};
// In forced colours text has those of the system, whereas axe asks for `-webkit-text-fill-color`, which keeps the page's.
const FORCED_RULES = { ...RULES, 'color-contrast': { enabled: false } };
// A page that turns to forced colours while it is open keeps some of its own, so it is opened with them.
const FORCED = { forcedColors: 'active', colorScheme: 'dark' };

for (const site of SITES.filter(({ name }) => RUNS[name])) {
  suite(`${site.name} is accessible`, () => {
    for (const kind of oneOfEach(site)) {
      pageTest(`${site.name} ${kind.path}: axe`, { site }, async (page, t, problems) => {
        // The same finding in several runs is said once.
        const found = new Map();
        for (const { viewport, colorScheme } of RUNS[site.name]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          await open(page, site, kind);
          await unfold(page);
          for (const text of await violations(page)) {
            found.set(text, [...(found.get(text) ?? []), `${viewport.width} px ${colorScheme}`]);
          }
        }
        for (const [text, hows] of found) problems.push(`${text}\n    at ${hows.join(', ')}`);
      });
      if (site.name !== 'own') continue;
      pageTest(`${site.name} ${kind.path}: axe in forced colours`, { site, ...FORCED }, async (page, t, problems) => {
        await page.setViewportSize(LAPTOP);
        await open(page, site, kind);
        await unfold(page);
        problems.push(...(await violations(page, FORCED_RULES)));
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

async function violations(page, rules = RULES) {
  await page.evaluate(AXE);
  const found = await page.evaluate(
    ([values, chosen]) =>
      axe.run(document, { runOnly: { type: 'tag', values }, rules: chosen, resultTypes: ['violations'] }),
    [TAGS, rules],
  );
  return found.violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map((node) => `    ${node.target.join(' ')}: ${reason(node)}`);
    return [`${id}: ${help} (${nodes.length})`, ...places].join('\n');
  });
}

function reason({ any, all, none }) {
  return [...any, ...all, ...none].map(({ message }) => message).join('; ');
}
