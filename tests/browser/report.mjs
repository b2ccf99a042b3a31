// Prints what failed, what the tests say of themselves, and how many ran: thousands of passed ones are no news.
export default async function* report(source) {
  let passed = 0;
  let failed = 0;
  const started = Date.now();
  for await (const { type, data } of source) {
    const isTest = data?.details?.type !== 'suite' && data?.nesting !== undefined;
    if (type === 'test:diagnostic' && data.nesting > 0) yield `   ${data.message}\n`;
    if (type === 'test:stderr') yield data.message;
    if (type === 'test:pass' && isTest) passed += 1;
    if (type !== 'test:fail') continue;
    const error = data.details.error?.cause ?? data.details.error;
    // A suite fails because a test in it did, which has been said; or of itself, which has not.
    if (data.details.error?.failureType === 'subtestsFailed') continue;
    failed += 1;
    yield `\nFAILED ${data.name}\n${indented(error?.message ?? String(error))}\n`;
    if (!error?.message || error.name !== 'AssertionError') yield `${indented(error?.stack ?? '')}\n`;
  }
  yield `\n${Math.round((Date.now() - started) / 1000)} s\n${passed} passed, ${failed} failed\n`;
}

function indented(text) {
  return text.split('\n').map((line) => `  ${line}`).join('\n');
}
