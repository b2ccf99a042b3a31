// Prints what failed, what the tests say of themselves, and how many ran: hundreds of passed ones are no news.

// What the runner counts itself, in its own words.
const TOTALS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const started = Date.now();
  for await (const { type, data } of source) {
    if (type === 'test:stderr') yield data.message;
    if (type === 'test:diagnostic' && !TOTALS.test(data.message)) yield `${data.message}\n`;
    const isSkipped = data?.skip !== undefined;
    if (type === 'test:pass' && data.details.type !== 'suite') {
      if (isSkipped) skipped += 1;
      else passed += 1;
    }
    // A suite that fails because a test in it did has been reported by that test.
    if (type !== 'test:fail' || data.details.error?.failureType === 'subtestsFailed') continue;
    failed += 1;
    yield `\nFAILED ${data.name}\n${explained(data.details.error?.cause ?? data.details.error)}\n`;
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  const rest = skipped ? `, ${skipped} skipped` : '';
  yield `\nin ${seconds} s:\n${passed} passed, ${failed} failed${rest}\n`;
}

// The message, and the lines of the tests that led to it.
function explained(error) {
  const message = String(error?.message ?? error);
  const stack = String(error?.stack ?? '').split('\n');
  const own = stack.filter((line) => /\.mjs:\d+/.test(line) && !/browser\.mjs/.test(line) && !message.includes(line));
  // Playwright colours its log.
  const plain = [message, ...own.slice(0, 3)].join('\n').replace(/\x1b\[[\d;]*m/g, '');
  return plain.replace(/^/gm, '  ');
}
