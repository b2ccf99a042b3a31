// Takes pictures of every type of page, for people to look at: `node look.mjs --help`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { launch } from './chromium.mjs';
import { oneOfEach, shown } from './pages.mjs';
import { serve } from './server.mjs';
import { MADE, SITES, build } from './sites.mjs';

const HELP = `Take pictures of every type of page of sites that Dateline builds.

Usage: node look.mjs FOLDER [SITE…] [--only TEXT] [--width PX]…

  FOLDER        Folder for the pictures, SITE/TYPE-WIDTH-SCHEME.png, and for sheet.html, which shows them all
  SITE          Sites to look at, out of ${SITES.map(({ name }) => name).join(', ')} [default: own]
  --only TEXT   Only pages whose address or type has this in it; the longest and the shortest of a type otherwise
  --width PX    Width of the window, may be given again [default: 390, 768 and 1280]

The theme is that of this checkout, so that a change of it is seen at the next call. DATELINE and CHROMIUM name the
programs if they are not at their usual places.
`;

const SCHEMES = ['light', 'dark'];
// Chromium cannot paint a picture that is higher.
const HEIGHT_MAX = 16_000;

const { folder, names, only, widths } = parse(process.argv.slice(2));
const browser = await launch();
const sheet = [];
for (const definition of SITES.filter(({ name }) => names.includes(name))) {
  const served = { base: definition.base, folder: undefined };
  const server = await serve(served);
  const site = build(definition, `http://127.0.0.1:${server.address().port}`, path.join(MADE, 'look'));
  served.folder = site.folder;
  rmSync(path.join(folder, site.name), { recursive: true, force: true });
  mkdirSync(path.join(folder, site.name), { recursive: true });
  await takeAll(site);
  server.close();
}
await browser.close();
writeFileSync(path.join(folder, 'sheet.html'), sheetOf(sheet));
console.log(`${sheet.length} pictures in ${folder}, all of them in sheet.html`);

async function takeAll(site) {
  const asked = ({ path: address, type }) => address.includes(only) || type.includes(only);
  const kinds = only ? shown(site).filter(asked) : oneOfEach(site);
  for (const width of widths) {
    for (const colorScheme of SCHEMES) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      for (const [index, kind] of kinds.entries()) {
        await page.goto(site.url + kind.path);
        const name = `${site.name}/${nameOf(kinds, index)}-${width}-${colorScheme}.png`;
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        const clip = { x: 0, y: 0, width, height: Math.min(height, HEIGHT_MAX) };
        await page.screenshot({ path: path.join(folder, name), fullPage: true, clip });
        sheet.push({ name, address: kind.path });
      }
      await context.close();
    }
  }
}

// The type, and what tells a page from an earlier one of its type.
function nameOf(kinds, index) {
  const { type, path: address } = kinds[index];
  if (kinds.findIndex((kind) => kind.type === type) === index) return type;
  return `${type}-${address.split('/').at(-2).slice(0, 60)}`;
}

function parse(args) {
  const taken = (flag) => {
    const values = [];
    for (let at = args.indexOf(flag); at >= 0; at = args.indexOf(flag)) values.push(args.splice(at, 2)[1]);
    return values;
  };
  if (args.includes('--help') || args.length === 0) {
    console.log(HELP);
    process.exit(args.length === 0 ? 2 : 0);
  }
  const [onlyText = ''] = taken('--only');
  const widthTexts = taken('--width');
  const [target, ...sites] = args;
  const unknown = sites.filter((name) => !SITES.some((site) => site.name === name));
  if (unknown.length) {
    console.error(`no site is called ${unknown.join(', ')}\n\n${HELP}`);
    process.exit(2);
  }
  return {
    folder: path.resolve(target),
    names: sites.length ? sites : ['own'],
    only: onlyText,
    widths: widthTexts.length ? widthTexts.map(Number) : [390, 768, 1280],
  };
}

function sheetOf(pictures) {
  const figures = pictures.map(
    ({ name, address }) =>
      `<figure><a href="${name}"><img loading="lazy" src="${name}" alt=""></a><figcaption>${name}<br>${address}</figcaption></figure>`,
  );
  const style = 'figure { display: inline-block; vertical-align: top; margin: 8px; width: 300px; font: 12px sans-serif; overflow-wrap: break-word } img { width: 300px; max-height: 500px; object-fit: cover; object-position: top; border: 1px solid #888 }';
  return `<!doctype html><meta charset="utf-8"><title>Pictures</title><style>${style}</style>\n${figures.join('\n')}\n`;
}
