// Starts the browser that is installed; none is ever downloaded.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

// Debian, Ubuntu and GitHub's runners have it under different names.
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

export function browserPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = process.env.PATH.split(path.delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw new Error('no browser: install chromium, or set CHROMIUM to its path');
  return found;
}

// The switches keep it from asking its makers for anything.
export function launch() {
  return chromium.launch({
    executablePath: browserPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  });
}
