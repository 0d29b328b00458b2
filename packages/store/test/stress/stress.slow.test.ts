import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runs } from '@layers/testing/random-runs';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('stress.mjs', import.meta.url));

// With LAYERS_LONG=1: 200 kills at any moment, and eight processes at once for a minute.
test('killed and concurrent processes lose no name and damage nothing', () => {
  const [kills, seconds] = [String(runs(6, 200)), String(runs(3, 60))];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, '--kills', kills, '--seconds', seconds, '--processes', String(runs(4, 8))],
    { encoding: 'utf8', timeout: 1_200_000 },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/kills, \d+ operations .* 0 failures[\s\S]* 0 failures/);
}, 1_200_000);
