import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

test('the example of the README runs and prints the waste', () => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(path('../README.md'), 'utf8')) ?? [];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code, 'example', path('../../../examples/demo.tar')],
    { cwd: path('..'), encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('125714 of 239206 bytes are wasted');
  expect(lines[1]).toMatch(/^90000 {2}\/var\/lib\/bramble\/recipes\.db {2}rewritten by .*chmod 600/);
  expect(lines).toHaveLength(12);
});
