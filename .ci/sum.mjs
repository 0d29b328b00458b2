// sum.mjs FOLDER: adds up the results that vitest and the steps of .ci/run left in FOLDER, and says again,
// where it is last and cannot be cut off, what failed and how.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const names = readdirSync(folder);
const failedSteps = new Set(
  names.filter((name) => name.endsWith('.failed')).map((name) => name.slice(0, -7)),
);
let passed = 0;
let failed = 0;
let skipped = 0;
for (const name of names.filter((each) => each.endsWith('.json'))) {
  const results = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  // A file that cannot even be loaded has no tests to fail.
  const unloaded = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const wrong = results.numFailedTests + unloaded.length;
  passed += results.numPassedTests;
  failed += wrong;
  skipped += results.numPendingTests + results.numTodoTests;
  if (wrong > 0) {
    const step = name.slice(0, -5);
    failedSteps.delete(step);
    if (step.startsWith('node-')) failedSteps.delete('other-nodes');
    for (const file of results.testResults) {
      if (file.status === 'failed' && file.message)
        console.log(`failed (${step}): ${file.name}: ${file.message}`);
      for (const test of file.assertionResults.filter((each) => each.status === 'failed')) {
        console.log(`failed (${step}): ${file.name}: ${test.fullName}`);
        for (const message of test.failureMessages) console.log(message.slice(0, 4000));
      }
    }
  }
}
for (const step of failedSteps) console.log(`failed step: ${step}`);
failed += failedSteps.size;
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
