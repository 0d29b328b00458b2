import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analysed } from '@layers/testing/analysed';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const scratch = useScratch();

test('the example of the README runs, and writes an image without waste', async () => {
  const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(path('../README.md'), 'utf8')) ?? [];
  const output = join(scratch.folder, 'repacked.tar');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code, 'example', path('../../../examples/demo.tar'), output],
    { cwd: path('..'), encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n(\d+ (kept|new) sha256:[0-9a-f]{64}\n){5}$/);
  const { wastedBytes, totals } = await analysed({ path: output });
  expect(wastedBytes).toEqual([0, 0, 0, 0, 0]);
  expect(totals.rootfsBytes).toBe(
    (await analysed({ path: path('../../../examples/demo.tar') })).totals.rootfsBytes,
  );
});
