import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// The example has no type annotations, so that Node runs it as it is.
test('the example of the README loads, finds, tags and removes images', () => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(path('../README.md'), 'utf8')) ?? [];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', code, 'example', path('../../../examples/two-images.tar')],
    { cwd: path('..'), encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('loaded '))).toHaveLength(2);
  expect(lines.find((line) => line.startsWith('found '))).toMatch(/^found sha256:[0-9a-f]{64}$/);
  expect(lines.filter((line) => line.includes('example:copy'))).toHaveLength(1);
  expect(lines.filter((line) => line === 'untagged')).toHaveLength(2);
  expect(lines.filter((line) => line === 'image')).toHaveLength(1);
  expect(lines.filter((line) => line === 'blob').length).toBeGreaterThan(2);
  expect(lines.at(-1)).toBe('clean true');
});
