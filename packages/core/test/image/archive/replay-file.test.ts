import { textOf } from '@layers/testing/bytes';
import { pipeOf } from '@layers/testing/documents';
import { buildEntry, buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { replayFile, replayFiles } from '../../../src/image/archive/replay-file.ts';

const archive = buildTar([
  { path: 'a/', type: 'directory' },
  { path: 'a', data: Buffer.from('first') },
  { path: 'a', type: 'symlink', linkpath: 'b' },
  { path: './a', data: Buffer.from('second') },
  { path: 'b', data: Buffer.from('b'.repeat(2000)) },
]);
const replayed = (name: string, occurrence = 1, sizes = [100]) =>
  textOf(replayFile(pipeOf(archive, sizes), name, occurrence));

describe('replayFile', () => {
  test('finds a file by its clean name, and by its number among files of that name', async () => {
    expect(await replayed('a')).toBe('first');
    expect(await replayed('a', 2)).toBe('second');
    for (const sizes of [[1], [512], [100_000]]) expect(await replayed('b', 1, sizes)).toBe('b'.repeat(2000));
  });

  test('yields nothing for a missing file', async () => {
    expect(await replayed('a', 3)).toBe('');
    expect(await replayed('c')).toBe('');
  });

  test('stops reading at the end of the file', async () => {
    async function* broken() {
      yield buildEntry({ path: 'a', data: Buffer.from('text') });
      throw new Error('nobody should ask for more');
    }
    expect(await textOf(replayFile(broken(), 'a', 1))).toBe('text');
  });
});

describe('replayFiles', () => {
  test.each([[1], [100], [100_000]])(
    'reads wanted files in one pass, in pieces of %d bytes',
    async (size) => {
      let passes = 0;
      async function* counted() {
        passes++;
        yield* pipeOf(archive, [size]);
      }
      const wanted = [
        { name: 'b', occurrence: 1 },
        { name: 'a', occurrence: 2 },
        { name: 'absent', occurrence: 1 },
      ];
      const found: string[] = [];
      for await (const { name, occurrence, chunks } of replayFiles(counted(), wanted))
        found.push(`${name} ${occurrence} ${(await textOf(chunks)).slice(0, 6)}`);
      expect(found).toEqual(['a 2 second', 'b 1 bbbbbb']);
      expect(passes).toBe(1);
    },
  );

  test('skips what is not read', async () => {
    const found: string[] = [];
    const wanted = [1, 2].map((occurrence) => ({ name: 'a', occurrence }));
    for await (const { occurrence, chunks } of replayFiles(pipeOf(archive, [2]), wanted)) {
      if (occurrence === 2) found.push(await textOf(chunks));
    }
    expect(found).toEqual(['second']);
  });
});
