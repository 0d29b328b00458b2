import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { withDirectWriter } from '../../src/io/direct-writer.ts';
import { writeNewFile } from '../../src/io/new-file.ts';

const { folder } = useScratch();
let made = 0;
const newPath = () => join(folder, `new-${made++}`);

const KIB = 1024;
/** Small and large chunks, with one of exactly the limit, and one that fills the buffer to its last byte. */
const SIZES = [1, 64 * KIB - 1, 1, 64 * KIB, 16 * KIB, 200 * KIB + 3, 0, 40 * KIB, 40 * KIB, 5];

const chunksOf = (sizes: readonly number[]) => sizes.map((size, i) => Buffer.alloc(size, i + 1));

describe.each([true, false])('writeNewFile, isDirect: %s', (isDirect) => {
  it('writes chunks of all sizes in order, whose memory is used again', async () => {
    const path = newPath();
    const chunks = chunksOf(SIZES);
    const memory = Buffer.alloc(300 * KIB);
    await writeNewFile(path, { isDirect, sync: true, mode: 0o640 }, async ({ write }) => {
      for (const chunk of chunks) {
        chunk.copy(memory);
        await write(memory.subarray(0, chunk.length));
      }
    });
    expect(readFileSync(path).equals(Buffer.concat(chunks))).toBe(true);
    expect(statSync(path).mode & 0o777 & ~0o640).toBe(0);
  });

  it('throws what use throws, and leaves what was written', async () => {
    const path = newPath();
    const run = writeNewFile(path, { isDirect }, async () => {
      throw new Error('the source is gone');
    });
    await expect(run).rejects.toThrow('the source is gone');
    expect(statSync(path).isFile()).toBe(true);
  });

  it('refuses a path that exists', async () => {
    const path = newPath();
    await writeNewFile(path, { isDirect }, ({ write }) => write(Buffer.from('first')));
    const again = writeNewFile(path, { isDirect }, ({ write }) => write(Buffer.from('second')));
    await expect(again).rejects.toMatchObject({ code: 'ERR_LAYERS_WRITE_OUTPUT' });
    expect(readFileSync(path, 'utf8')).toBe('first');
  });
});

describe('withDirectWriter', () => {
  it('passes large chunks on without copying them, and small ones together', async () => {
    const passed: Uint8Array[] = [];
    const [large, ...small] = chunksOf([64 * KIB, 30 * KIB, 30 * KIB, 30 * KIB]);
    await withDirectWriter(
      (bytes) => passed.push(bytes),
      async (write) => {
        for (const chunk of [large, ...small]) if (chunk !== undefined) await write(chunk);
        expect(passed.map(({ length }) => length)).toEqual([64 * KIB, 60 * KIB]);
      },
    );
    expect(passed[0]).toBe(large);
    expect(passed.map(({ length }) => length)).toEqual([64 * KIB, 60 * KIB, 30 * KIB]);
  });

  it('throws what put throws, also for the last chunk', async () => {
    const put = () => {
      throw new Error('no room');
    };
    for (const size of [10, 100 * KIB])
      await expect(withDirectWriter(put, (write) => write(Buffer.alloc(size)))).rejects.toThrow('no room');
  });

  it('lets the event loop run during many writes', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const chunk = Buffer.alloc(1024 * KIB);
    await withDirectWriter(
      () => {},
      async (write) => {
        while (turns < 3) await write(chunk);
      },
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
