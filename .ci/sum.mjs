// sum.mjs DIRECTORY: adds up the results of vitest and of the steps of .ci/run in DIRECTORY, and lists the failures again
// at the end of the output.
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
  // A test file that cannot be loaded has no failed tests, and counts as one.
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
    if (step.startsWith('counterparts-')) failedSteps.delete('counterparts');
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
