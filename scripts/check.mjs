// Runs all checks that a change must pass. Stops at the first failure. `--no-NAME` skips a step.
import { spawnSync } from 'node:child_process';
import { ensureBuilt, root } from './setup.mjs';

const node = process.execPath;
const steps = [
  ['types', [node, 'node_modules/typescript/bin/tsc', '-b']],
  ['types of tests', [node, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json']],
  [
    'lint, format, import cycles',
    [node, 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ],
  ['import order and cycles', [node, 'scripts/check-imports.mjs']],
  ['API reports', [node, 'scripts/api-report.mjs', '--check']],
  ['API pages', [node, 'node_modules/typedoc/bin/typedoc', '--emit', 'none']],
  ['dead code', [node, 'node_modules/knip/bin/knip.js']],
  ['packaging', [node, 'scripts/check-packages.mjs']],
  ['tests', [node, 'node_modules/vitest/vitest.mjs', 'run']],
];

const skipped = new Set(
  process.argv
    .slice(2)
    .filter((word) => word.startsWith('--no-'))
    .map((word) => word.slice(5)),
);
ensureBuilt();
for (const [name, [command, ...args]] of steps) {
  if (skipped.has(name)) continue;
  console.error(`check: ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`check: ${name} failed`);
    process.exit(status ?? 1);
  }
}
