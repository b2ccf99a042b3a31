// Every page of every site loads quietly, stays where it is, and fits into the narrowest window.
import { LAPTOP, NARROWEST, PHONE, SITES, open, pageTest, settled, suite } from './browser.mjs';
import { oneOfEach, shown } from './pages.mjs';
import { SLOWLY } from './server.mjs';

// The same pages as those of another site, but for their addresses or a few colours: one of each will do. That all
// their links lead somewhere is tested page by page elsewhere.
const ALIKE = ['own-below', 'look', 'starter'];

// While a page comes in piece by piece, the columns of a table find their widths anew with each row. Up to this score that
// counts as good (https://web.dev/articles/cls); a page that came at once may not move at all.
const STILL_GOOD = 0.1;

for (const site of SITES) {
  suite(`${site.name} loads`, () => {
    for (const kind of ALIKE.includes(site.name) ? oneOfEach(site) : shown(site)) {
      pageTest(`${site.name} ${kind.path}: quiet, still and narrow`, { site }, async (page, t, problems) => {
        await page.setViewportSize(PHONE);
        await open(page, site, kind);
        // On a busy machine a page may be painted before all of it is there, which is what the check
        // below is about; what moves in a page that is there moves every time.
        if ((await layoutShifts(page)).length > 0) {
          await open(page, site, kind);
          problems.push(...(await layoutShifts(page)));
        }
        await page.setViewportSize(NARROWEST);
        await settled(page);
        problems.push(...(await widerThanWindow(page)));
      });
    }
    for (const kind of oneOfEach(site)) {
      pageTest(`${site.name} ${kind.path}: still over a bad line`, { site }, async (page, t, problems) => {
        for (const viewport of [PHONE, LAPTOP]) {
          await page.setViewportSize(viewport);
          await open(page, site, { ...kind, path: kind.path + SLOWLY });
          problems.push(...(await layoutShifts(page, STILL_GOOD)));
        }
      });
    }
  });
}

// Each shift above a score, as its score and what moved.
function layoutShifts(page, least = 0) {
  return page.evaluate(
    (least) =>
      new Promise((done) => {
        const name = ({ node }) => `${node?.nodeName}.${node?.className ?? ''}`;
        const found = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            if (entry.value < least) continue;
            found.push(`moves at ${innerWidth} px by ${entry.value.toFixed(4)} (${entry.sources.map(name).join(' ')})`);
          }
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        // Buffered entries come as a task of their own.
        setTimeout(() => done(found), 50);
      }),
    least,
  );
}

// The first elements that stick out of the window, if the window has to scroll for them.
function widerThanWindow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    // What is inside of something that scrolls or clips for itself is not the reason.
    const isHeld = (element) => {
      for (let other = element.parentElement; other && other !== document.body; other = other.parentElement) {
        if (getComputedStyle(other).overflowX !== 'visible') return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && !isHeld(element) && (right > clientWidth + 0.5 || left < -0.5);
    });
    const names = out.slice(0, 4).map((element) => `${element.tagName}.${element.className} "${element.textContent.trim().slice(0, 30)}"`);
    return [`scrolls sideways at ${clientWidth} px to ${scrollWidth} px: ${names.join('; ')}`];
  });
}
