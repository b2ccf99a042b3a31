// A page of another site in the same browser tries everything to read the preview, and gets nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';

import { Preview, closeBrowser, newPage, open } from './preview.mjs';
import { live } from './sites/live.mjs';

after(closeBrowser);

// Runs in the hostile page: what each attempt got.
async function attack(target) {
  const got = {};
  const paths = ['', 'notes/', 'own.css', 'picture.svg', '__dateline/live.js', '__dateline/events?path=/', '__dateline/open?file=config.toml', '__dateline/show?drafts=1'];
  const loads = (element, attribute, address) =>
    new Promise((done) => {
      element.onload = () => done('loaded');
      element.onerror = () => done('error');
      setTimeout(() => done('nothing'), 5000);
      element[attribute] = address;
      document.body.append(element);
    });
  const read = (response) => response.text().then((text) => `${response.type} ${text.length}`);
  for (const path of paths) {
    const address = target + path;
    got[`fetch ${path}`] = await fetch(address).then(read, () => 'error');
    got[`fetch without CORS ${path}`] = await fetch(address, { mode: 'no-cors' }).then(read, () => 'error');
    got[`post ${path}`] = await fetch(address, { method: 'POST', body: 'x' }).then(read, () => 'error');
    got[`script ${path}`] = await loads(document.createElement('script'), 'src', address);
    got[`image ${path}`] = await loads(new Image(), 'src', address);
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet' });
    got[`style ${path}`] = await loads(link, 'href', address);
    const frame = document.createElement('iframe');
    await loads(frame, 'src', address);
    // A frame says that it loaded even when it was refused; what it holds cannot be seen, nor has it anything.
    let inside = 'closed';
    try {
      inside = frame.contentDocument ? frame.contentDocument.body.textContent : 'closed';
    } catch {}
    got[`frame ${path}`] = inside || 'closed';
  }
  got.events = await new Promise((done) => {
    const stream = new EventSource(`${target}__dateline/events?path=/`);
    stream.onmessage = ({ data }) => done(data);
    stream.onerror = () => (stream.close(), done('error'));
  });
  got.socket = await new Promise((done) => {
    const socket = new WebSocket(`${target.replace('http', 'ws')}__dateline/events?path=/`);
    socket.onopen = () => done('open');
    socket.onerror = () => done('error');
  });
  const form = Object.assign(document.createElement('form'), { action: `${target}__dateline/show`, target: 'into' });
  document.body.append(Object.assign(document.createElement('iframe'), { name: 'into' }), form);
  form.submit();
  form.method = 'post';
  form.submit();
  await new Promise((done) => setTimeout(done, 500));
  return got;
}

for (const host of ['127.0.0.1', 'localhost']) {
  test(`a page of another server at ${host} gets nothing`, { timeout: 120_000 }, async () => {
    const preview = await new Preview(live()).start();
    const hostile = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>hostile</title><body>');
    });
    await new Promise((done) => hostile.listen(0, '127.0.0.1', done));
    const page = await newPage();
    const statuses = [];
    page.on('response', (response) => {
      if (response.url().startsWith(preview.origin)) statuses.push([response.status(), response.url(), response.headers()]);
    });
    try {
      await page.goto(`http://${host}:${hostile.address().port}/`);
      const got = await page.evaluate(attack, preview.url);
      for (const [attempt, result] of Object.entries(got)) {
        assert.ok(['error', 'opaque 0', 'nothing', 'closed'].includes(result), `${attempt}: ${result}`);
      }
      // Of what the browser keeps from the page it tells nobody; frames are among the rest.
      assert.ok(statuses.length >= 8, `${statuses.length} answers`);
      for (const [status, url, headers] of statuses) {
        assert.ok(status === 403 || status === 405, `${status} for ${url}`);
        for (const name of Object.keys(headers)) assert.ok(!name.startsWith('access-control'), `${name} for ${url}`);
      }
      // To lead there is allowed: a link to the preview works, but its window cannot be held.
      const [opened] = await Promise.all([page.context().waitForEvent('page'), page.evaluate((url) => (window.held = window.open(url)), preview.url)]);
      await opened.waitForLoadState();
      assert.equal(await opened.title(), 'Live');
      assert.equal(await page.evaluate(() => window.held.closed), true);
      // And the preview itself has lost nothing by it.
      const own = await newPage();
      await open(own, preview.url);
      assert.deepEqual(own.errors, []);
      await own.context().close();
    } finally {
      await page.context().close();
      hostile.close();
      hostile.closeAllConnections();
      await preview.end();
    }
  });
}
