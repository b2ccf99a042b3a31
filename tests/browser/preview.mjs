// The real `dateline serve` over a copy of a small site, and pages of a browser that show it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { launch } from './chromium.mjs';
import { DATELINE } from './sites.mjs';

// Longer than a rebuild of a small site takes on a machine that does other things too.
const PATIENCE_MS = 60_000;

export class Preview {
  constructor(files, ...flags) {
    this.folder = mkdtempSync(path.join(os.tmpdir(), 'dateline-live-'));
    this.flags = flags;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  // Starts the program, on the same port each time, so that open pages find it again.
  async start() {
    const port = this.port ?? 0;
    const args = ['serve', '--root', this.folder, '--port', String(port), ...this.flags];
    const env = { ...process.env, VISUAL: '', EDITOR: '' };
    this.process = spawn(DATELINE, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.said = '';
    this.process.stderr.on('data', (text) => (this.said += text));
    const lines = createInterface({ input: this.process.stdout });
    const line = await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      this.process.once('exit', () => reject(new Error(`the program ended: ${this.said}`)));
    });
    this.url = /http:\S+/.exec(line)[0];
    this.origin = new URL(this.url).origin;
    this.port = Number(new URL(this.url).port);
    await this.until(() => this.said.includes('ready in') || this.said.includes('not shown'));
    return this;
  }

  async stop() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGINT');
    await ended;
  }

  async end() {
    if (this.process.exitCode === null) await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name) {
    return path.join(this.folder, name);
  }

  write(name, text) {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  // Replaces a text of a file, which must be there.
  edit(name, from, to) {
    const text = readFileSync(this.path(name), 'utf8');
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    this.write(name, text.replace(from, () => to));
  }

  remove(name) {
    rmSync(this.path(name));
  }

  rename(from, to) {
    renameSync(this.path(from), this.path(to));
  }

  async until(isSo) {
    const begin = Date.now();
    while (!(await isSo())) {
      if (Date.now() - begin > PATIENCE_MS) throw new Error(`waited in vain; the program said: ${this.said}`);
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

let browser;
export async function newPage(options = {}) {
  browser ??= launch();
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.errors = [];
  page.asked = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('request', (request) => page.asked.push(new URL(request.url()).pathname));
  return page;
}

export async function closeBrowser() {
  await (await browser)?.close();
}

// Opens a page and waits until it listens.
export async function open(page, address) {
  const listens = page.waitForRequest(/__dateline\/events/);
  await page.goto(address, { waitUntil: 'load' });
  await listens;
  await page.locator('dateline-preview section[aria-label=Preview]').waitFor({ state: 'attached' });
}
