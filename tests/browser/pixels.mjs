// Measures how long it takes from a save until a browser has painted it, and what the preview needs of memory:
// `node pixels.mjs [--briefs 10000] [--edits 50]`. DATELINE names the program; a release build is what counts.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Preview, closeBrowser, newPage, open } from './preview.mjs';

const CORPUS = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'corpus');
const { values } = parseArgs({
  options: { briefs: { type: 'string', default: '10000' }, edits: { type: 'string', default: '50' } },
});
const [briefs, edits] = [Number(values.briefs), Number(values.edits)];

// Milliseconds by the clock on the wall, which page and program share.
const now = () => performance.timeOrigin + performance.now();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const memory = (preview, name) => {
  const status = readFileSync(`/proc/${preview.process.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
};

// When the text was on the screen: the frame in which it came into the page has been painted.
const painted = (page, text) =>
  page.evaluate(
    (text) =>
      new Promise((done) => {
        const look = () => {
          if (!document.querySelector('main').textContent.includes(text)) return false;
          observer.disconnect();
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.timeOrigin + performance.now());
            port2.postMessage(0);
          });
          return true;
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, characterData: true });
        look();
      }),
    text,
  );

const preview = new Preview({});
const made = preview.folder;
execFileSync('python3', [CORPUS, String(briefs), made]);
preview.folder = path.join(made, 'dateline');
try {
  const begin = now();
  await preview.start();
  console.log(`${briefs} briefs: ready after ${((now() - begin) / 1000).toFixed(2)} s, ${memory(preview, 'VmRSS')} MiB`);
  const folder = path.join(preview.folder, 'content', 'briefs');
  const name = readdirSync(folder).filter((file) => file.startsWith('brief-')).sort().at(-1);
  const file = path.join(folder, name);
  const text = readFileSync(file, 'utf8');
  const page = await newPage();
  await open(page, `${preview.url}briefs/${name.replace('.md', '')}/`);
  const took = [];
  for (let edit = 1; edit <= edits; edit += 1) {
    const mark = `marked${edit}times`;
    const seen = painted(page, mark);
    // The observer is there before the save.
    await page.evaluate(() => 0);
    const saved = now();
    writeFileSync(file, `${text}\n\n${mark}\n`);
    took.push((await seen) - saved);
    await pause(edits > 100 ? 50 : 300);
    if (edit === 100 && edits > 100) console.log(`after 100 edits: ${memory(preview, 'VmRSS')} MiB`);
  }
  const sorted = took.toSorted((a, b) => a - b);
  const ms = (at) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))].toFixed(0);
  console.log(`${edits} edits, from the save to the painted page: median ${ms(0.5)} ms, 90% ${ms(0.9)} ms, worst ${ms(1)} ms`);
  console.log(`memory at the end ${memory(preview, 'VmRSS')} MiB, at most ${memory(preview, 'VmHWM')} MiB`);
} finally {
  await closeBrowser();
  await preview.end();
  rmSync(made, { recursive: true, force: true });
}
