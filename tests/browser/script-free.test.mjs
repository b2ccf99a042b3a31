// Without JavaScript everything is there and works; what only a script can do is not shown.
import assert from 'node:assert/strict';

import { LAPTOP, PHONE, SITES, failure, openWithoutScript, pageTest, site, suite } from './browser.mjs';
import { oneOfEach } from './pages.mjs';

const WITHOUT = { javaScriptEnabled: false };
// What the theme's script brings to life.
const SCRIPTED = '#_theme, #_shortcuts, button.anchor, dialog';

for (const place of SITES.filter(({ name }) => ['own', 'own-below', 'hard', 'arabic'].includes(name))) {
  suite(`${place.name} without scripts`, () => {
    for (const kind of oneOfEach(place)) {
      pageTest(`${place.name} ${kind.path}: whole without scripts`, { ...WITHOUT, site: place }, async (page) => {
        await page.setViewportSize(PHONE);
        await openWithoutScript(page, place, kind);
        assert.equal(await page.locator('h1').count(), 1, 'headings of the first level');
        const dead = page.locator(SCRIPTED).filter({ visible: true });
        assert.deepEqual(await dead.allInnerTexts(), [], 'controls that do nothing without a script');
        // Compared as text, since a script may not be what brings the content.
        const text = await page.locator('main').innerText();
        assert.ok(text.trim().length > 10, 'no text in main');
      });
    }
  });
}

for (const place of [site('own'), site('own-below')]) {
  suite(`${place.name}: links of the navigation`, () => {
    pageTest(`${place.name}: each leads somewhere without scripts`, { ...WITHOUT, site: place }, async (page) => {
      await page.setViewportSize(LAPTOP);
      const home = { path: '/', type: 'home' };
      await openWithoutScript(page, place, home);
      const links = page.locator('nav[aria-label="Site"] a');
      const count = await links.count();
      assert.ok(count >= 3, `only ${count} links in the navigation`);
      for (let index = 0; index < count; index += 1) {
        const name = await links.nth(index).innerText();
        await links.nth(index).click();
        await page.waitForLoadState();
        if (!page.url().startsWith(`${place.url}/`)) throw failure([`${name} leads out of the site: ${page.url()}`]);
        assert.ok(await page.locator('main h1').isVisible(), `${name}: no heading`);
        assert.notEqual(page.url(), `${place.url}/`, `${name} leads nowhere`);
        await openWithoutScript(page, place, home);
      }
    });
  });
}
