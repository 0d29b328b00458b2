import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { extracted, newPath } from './support/extracted.ts';

const scratch = useScratch();
const layer: EntrySpec[] = [0, 1, 2].map((i) => ({ path: `d/${i}`, data: Buffer.alloc(400_000, 1) }));

describe.each([null, 'gzip' as const])('with layers compressed with %s', (compression) => {
  test('an abort in the middle of a file leaves only complete files', async () => {
    const directory = newPath(scratch);
    const controller = new AbortController();
    const entries = [
      { path: 'first', data: Buffer.from('x') },
      { path: 'second', data: Buffer.alloc(20_000_000, 'compressible text ') },
    ];
    let exists = false;
    const onProgress = (): void => {
      exists ||= existsSync(join(directory, 'second'));
      if (exists) controller.abort(new Error('enough'));
    };
    const aborted = extracted(scratch, [entries], {
      directory,
      compression,
      onProgress,
      signal: controller.signal,
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(readdirSync(directory)).toEqual(['first']);
  });
});

test('an aborted signal creates nothing', async () => {
  const directory = newPath(scratch);
  const aborted = extracted(scratch, [layer], { directory, signal: AbortSignal.abort(new Error('enough')) });
  await expect(aborted).rejects.toThrow('enough');
  expect(existsSync(directory)).toBe(false);
});

test('a destination that is a file is refused', async () => {
  const directory = newPath(scratch);
  writeFileSync(directory, 'x');
  const refused = extracted(scratch, [layer], { directory, force: true });
  await expect(refused).rejects.toMatchObject({ code: 'ERR_LAYERS_WRITE_OUTPUT' });
});
