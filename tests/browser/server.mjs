// Serves a folder as GitHub Pages does: a folder's address gives its index.html, an unknown one 404.html with 404.
import { createServer } from 'node:http';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.opml': 'text/x-opml',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ics': 'text/calendar; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

// At the end of an address: the page comes in pieces, as over a bad line.
export const SLOWLY = '?slowly';
// Longer than the browser needs to draw what it has.
const PAUSE_MS = 60;

// `site.folder` may be filled later: the port has to be known before the site is built for it.
export async function serve(site, port = 0) {
  const server = createServer((request, response) => {
    answer(site, request).then(
      async ({ status, headers, body }) => {
        response.writeHead(status, headers);
        if (request.url.endsWith(SLOWLY)) await sendSlowly(response, String(body));
        else response.end(request.method === 'HEAD' ? undefined : body);
      },
      (error) => {
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(String(error));
      },
    );
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

// Cut where a half-drawn page looks the least like the whole one.
async function sendSlowly(response, html) {
  for (const piece of html.split(/(?<=<body[^>]*>|<\/header>|<\/h1>)|(?=<\/main>|<\/article>)/)) {
    response.write(piece);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  response.end();
}

async function answer(site, request) {
  const asked = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  const below = asked.startsWith(`${site.base}/`) ? asked.slice(site.base.length) : undefined;
  if (below === undefined) return missing(site);
  const file = path.join(site.folder, below);
  // `path.join` resolves dots; what is outside of the folder is nobody's business.
  if (path.relative(site.folder, file).startsWith('..')) return missing(site);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) {
    if (asked.endsWith('/')) return read(path.join(file, 'index.html'), site);
    return { status: 301, headers: { location: `${asked}/` }, body: '' };
  }
  return read(file, site);
}

async function read(file, site) {
  const body = await readFile(file).catch(() => undefined);
  if (!body) return missing(site);
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'max-age=600' }, body };
}

async function missing(site) {
  const body = await readFile(path.join(site.folder, '404.html')).catch(() => 'not found');
  return { status: 404, headers: { 'content-type': TYPES['.html'] }, body };
}
