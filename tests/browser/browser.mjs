// What the tests in the browser share: pages that remember everything that went wrong in them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';

import { launch } from './chromium.mjs';
import { NOWHERE } from './pages.mjs';

// A phone and a laptop. 320 px is what WCAG 2.2 (1.4.10 Reflow) asks for.
export const PHONE = { width: 390, height: 844 };
export const LAPTOP = { width: 1280, height: 800 };
export const NARROWEST = { width: 320, height: 640 };

// A test that takes longer hangs, even on a machine that does other things too.
const TIMEOUT_MS = 180_000;

export const SITES = process.env.DATELINE_SITES ? JSON.parse(readFileSync(process.env.DATELINE_SITES, 'utf8')) : [];

export function site(name) {
  return SITES.find((other) => other.name === name);
}

let browser;

// Tests that share a browser and run next to each other: a page waits more than it computes.
export function suite(name, define) {
  describe(name, { concurrency: Math.max(2, os.availableParallelism()) }, () => {
    before(async () => {
      // The promise is shared, so that suites which begin together start one browser.
      browser ??= launch();
      await browser;
    });
    define();
  });
}
after(async () => (await browser)?.close());

// Pages that are idle, by the options of their contexts. To open one costs more than all that most tests do with it.
const idle = new Map();

// A test of a page that must have stayed quiet by its end. The page may have been used by another test before.
export function pageTest(name, { site, ...options }, body) {
  // Not from one site to another: the icon of the last page may still be under way.
  const key = JSON.stringify([site.name, options]);
  test(name, { timeout: TIMEOUT_MS }, async (t) => {
    const seen = idle.get(key)?.pop() ?? (await openPage(options));
    // What an earlier test left behind is not this one's.
    seen.problems = [];
    seen.origin = site.origin;
    try {
      await judged(body, seen, t);
    } catch (error) {
      await seen.page.context().close();
      throw error;
    }
    idle.set(key, [...(idle.get(key) ?? []), seen]);
  });
}

// A test of a page with storage, focus and permissions of its own, for what a visitor does on it.
export function freshPageTest(name, { site, ...options }, body) {
  test(name, { timeout: TIMEOUT_MS }, async (t) => {
    const seen = await openPage(options);
    seen.origin = site.origin;
    try {
      await judged(body, seen, t);
    } finally {
      await seen.page.context().close();
    }
  });
}

// What stops a test does not hide what was found before.
async function judged(body, { page, problems }, t) {
  let stopped;
  await body(page, t, problems).catch((error) => (stopped = error));
  if (stopped && problems.length) stopped.message += `\nand before that:\n${failure(problems).message}`;
  if (stopped) throw stopped;
  if (problems.length) throw failure(problems);
}

async function openPage(options) {
  const context = await (await browser).newContext({ reducedMotion: 'reduce', viewport: LAPTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const seen = { page, problems: [], origin: undefined };
  watch(seen);
  return seen;
}

// Everything that a visitor's console and network would show.
function watch(seen) {
  const { page } = seen;
  const say = (problem) => seen.problems.push(problem);
  page.on('console', (message) => {
    // The browser itself reports the status of the page that is missing on purpose.
    const isStatus = message.location().url.includes(NOWHERE) && /status of 404/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isStatus) {
      say(`console ${message.type()}: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => say(`error on the page: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A test that goes on to the next page leaves the icon of the last one behind.
    const isIcon = reason === 'net::ERR_ABORTED' && request.url().endsWith('.svg');
    if (!isIcon) say(`failed: ${request.url()}: ${reason}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== seen.origin) {
      say(`request to another host: ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    const isPage = response.request().isNavigationRequest();
    if (!isPage && response.status() >= 400) say(`${response.status()}: ${response.url()}`);
  });
}

// Opens a page of a site and waits until nothing is under way any more.
export async function open(page, site, kind) {
  await openWithoutScript(page, site, kind);
  await settled(page);
}

// The same where scripts do not run, nor callbacks of ours.
export async function openWithoutScript(page, { url }, { path: address, type }) {
  const response = await page.goto(url + address, { waitUntil: 'load' });
  assert.equal(response.status(), type === 'not-found' ? 404 : 200, `status of ${address}`);
}

// Two frames: what a script does at load has been drawn after them.
export async function settled(page) {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

export function failure(problems) {
  const error = new Error([...new Set(problems)].join('\n'));
  // The report prints the stack of what is not an assertion.
  error.name = 'AssertionError';
  return error;
}
