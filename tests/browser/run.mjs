// Builds every site, serves them, and runs the tests: `node run.mjs [FILE…] [--name PATTERN]…`.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { MADE, SITES, build } from './sites.mjs';
import { serve } from './server.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

const args = process.argv.slice(2);
const names = [];
for (let at = args.indexOf('--name'); at >= 0; at = args.indexOf('--name')) names.push(args.splice(at, 2)[1]);
const files = args.length
  ? args.map((file) => path.resolve(file))
  : readdirSync(HERE).filter((file) => file.endsWith('.test.mjs')).map((file) => path.join(HERE, file));

mkdirSync(MADE, { recursive: true });
const servers = [];
const sites = [];
for (const definition of SITES) {
  const served = { base: definition.base, folder: undefined };
  const server = await serve(served);
  servers.push(server);
  const site = build(definition, `http://127.0.0.1:${server.address().port}`, MADE);
  served.folder = site.folder;
  sites.push(site);
}
const list = path.join(MADE, 'sites.json');
writeFileSync(list, JSON.stringify(sites));

const tests = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${os.availableParallelism()}`,
    `--test-reporter=${path.join(HERE, 'report.mjs')}`,
    '--test-reporter-destination=stdout',
    ...names.map((name) => `--test-name-pattern=${name}`),
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, DATELINE_SITES: list } },
);
// Who stops this stops the tests too.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal));
tests.on('exit', (code) => {
  for (const server of servers) server.close();
  process.exitCode = code ?? 1;
});
