import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { checkStore, listImages, openStore } from '../src/index.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const scratch = useScratch();

test('the example of the README runs, and leaves what it did not remove', async () => {
  const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(path('../README.md'), 'utf8')) ?? [];
  const folder = join(scratch.folder, 'store');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code, 'example', folder, path('../../../examples/two-images.tar')],
    { cwd: path('..'), encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('loaded '))).toHaveLength(2);
  expect(lines.find((line) => line.startsWith('found '))).toMatch(/^found sha256:[0-9a-f]{64}$/);
  expect(lines.filter((line) => line.startsWith('untagged '))).toHaveLength(1);
  const store = openStore(folder);
  expect(listImages(store).filter(({ refs }) => refs.length > 0)).toHaveLength(1);
  expect((await checkStore(store)).isClean).toBe(true);
});
