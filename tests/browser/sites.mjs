// The sites of the suite: where their content comes from and where they are served.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { hard } from './sites/hard.mjs';
import { arabic, chinese } from './sites/scripts.mjs';
import { empty, single } from './sites/small.mjs';
import { LOOK } from './sites/look.mjs';
import { pagesOf } from './pages.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const TARGET = path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');
// Everything that the suite makes.
export const MADE = path.join(TARGET, 'browser');
export const DATELINE = process.env.DATELINE
  ? path.resolve(process.env.DATELINE)
  : path.join(TARGET, 'debug', 'dateline');

// The made-up sites end before this moment; what is due or overdue must not depend on the day of the test.
const NOW = '2026-05-02T12:00:00Z';

// `base`: the path under which the site is served. `write`: fills a folder with its sources.
export const SITES = [
  { name: 'own', base: '', write: writeOwn },
  { name: 'own-below', base: '/repo', write: writeOwn },
  { name: 'look', base: '', write: (folder) => { writeOwn(folder); appendConfig(folder, LOOK); } },
  { name: 'starter', base: '', write: (folder) => dateline('init', folder), now: NOW },
  { name: 'hard', base: '', write: (folder) => writeFiles(folder, hard()), now: NOW },
  { name: 'arabic', base: '', write: (folder) => writeFiles(folder, arabic()), now: NOW },
  { name: 'chinese', base: '', write: (folder) => writeFiles(folder, chinese()), now: NOW },
  { name: 'single', base: '', write: (folder) => writeFiles(folder, single()), now: NOW },
  { name: 'empty', base: '', write: (folder) => writeFiles(folder, empty()), now: NOW },
];

// Builds a site for an address, below a folder, and says what came out.
export function build({ name, base, write, now }, origin, within) {
  const source = path.join(within, 'sources', name);
  const folder = path.join(within, 'sites', name);
  rmSync(source, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  write(source);
  useTheme(source);
  const url = `${origin}${base}`;
  const time = now ? ['--now', now] : [];
  dateline('build', '--root', source, '--output-dir', folder, '--base-url', url, ...time);
  return { name, base, origin, url, folder, pages: pagesOf(folder) };
}

// The theme of this checkout, so that a change of it is seen without compiling anything.
function useTheme(source) {
  mkdirSync(path.join(source, 'themes'), { recursive: true });
  symlinkSync(path.join(ROOT, 'themes', 'dateline'), path.join(source, 'themes', 'dateline'));
}

function writeOwn(folder) {
  for (const name of ['config.toml', 'content', 'static', 'templates', 'sass', 'permalinks.lock']) {
    const from = path.join(ROOT, name);
    if (existsSync(from)) cpSync(from, path.join(folder, name), { recursive: true });
  }
}

function writeFiles(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function appendConfig(folder, text) {
  writeFileSync(path.join(folder, 'config.toml'), text, { flag: 'a' });
}

function dateline(...args) {
  try {
    execFileSync(DATELINE, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error(`no program at ${DATELINE}: run \`cargo build\` or set DATELINE`);
    throw new Error(`dateline ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
}
