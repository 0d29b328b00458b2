import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { blockBuffers } from '../../src/compress/block.ts';
import { openCompressPool, takeSparePool } from '../../src/compress/compress-pool.ts';
import { type CompressOptions, compressStream } from '../../src/compress/compress-stream.ts';
import { collect, compressed, decompressed, layerLike, MIB } from './support.ts';

const PIECE = layerLike(MIB);

/** Never ends; counts what was asked of it. */
function endless() {
  const seen = { chunks: 0, closed: false };
  async function* chunks() {
    try {
      for (;;) {
        seen.chunks += 1;
        yield PIECE;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, chunks: chunks() };
}

const ways: CompressOptions[] = [
  { kind: 'gzip', threads: 0, level: 1 },
  { kind: 'gzip', threads: 2, level: 1 },
  { kind: 'zstd', threads: 0, level: 1 },
  { kind: 'zstd', threads: 2, level: 1 },
  { kind: 'none' },
];

describe.each(ways)('$kind in $threads threads', (options) => {
  it('closes the input where the loop is left early', async () => {
    const { seen, chunks } = endless();
    let views = 0;
    for await (const _ of compressStream(chunks, options)) if (++views === 4) break;
    expect(seen.closed).toBe(true);
    expect(seen.chunks).toBeLessThan(64);
  });

  it('reads no further ahead than some blocks', async () => {
    const { seen, chunks } = endless();
    const stream = compressStream(chunks, options);
    for (let views = 0; views < 4; views++) await stream.next();
    const { chunks: before } = seen;
    await sleep(50);
    expect(seen.chunks).toBe(before);
    expect(before).toBeLessThan(64);
    await stream.return();
  });

  it('ends with the reason where it is aborted', async () => {
    const { seen, chunks } = endless();
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = async () => {
      let views = 0;
      for await (const _ of compressStream(chunks, { ...options, signal: controller.signal })) {
        if (++views === 4) controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(seen.closed).toBe(true);
  });

  it('ends with the reason where it is aborted at another moment', async () => {
    const { chunks } = endless();
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 60);
    async function* paced() {
      for await (const chunk of chunks) {
        await sleep(1);
        yield chunk;
      }
    }
    const run = collect(compressStream(paced(), { ...options, signal: controller.signal }));
    await expect(run).rejects.toBe(reason);
  });

  it('reads nothing where it was aborted before', async () => {
    const { seen, chunks } = endless();
    const reason = new Error('never');
    const stream = compressStream(chunks, { ...options, signal: AbortSignal.abort(reason) });
    await expect(stream.next()).rejects.toBe(reason);
    expect(seen.chunks).toBe(0);
  });

  it('ends with the error of the input', async () => {
    const reason = new Error('the input broke');
    async function* broken() {
      for (let count = 0; count < 18; count++) yield PIECE;
      throw reason;
    }
    await expect(collect(compressStream(broken(), options))).rejects.toBe(reason);
  });
});

describe('the threads', () => {
  const block = (level: number) => {
    const buffer = blockBuffers({ blockBytes: 100, dictionaryBytes: 0 }).take();
    return { kind: 'gzip', level, block: { buffer, from: 0, to: 100, room: 100, last: true } } as const;
  };

  it('hand over an error', async () => {
    const pool = await openCompressPool(1);
    await expect(pool.run(block(99))).rejects.toThrow(/level/);
    expect((await pool.run(block(6))).bytes).toBeGreaterThan(0);
    await pool.stop();
  });

  it('refuse blocks once they are stopped, and end those that wait', async () => {
    const pool = await openCompressPool(1);
    const results = Promise.allSettled([1, 2, 3, 4].map((level) => pool.run(block(level))));
    await pool.stop();
    expect((await results).map(({ status }) => status)).toContain('rejected');
    await expect(pool.run(block(6))).rejects.toThrow('stopped');
  });

  it('are left to the next stream after a whole one, and stopped after one that was left early', async () => {
    const bytes = layerLike(5 * MIB);
    await compressed(bytes, { kind: 'gzip', level: 1, threads: 3 });
    const spare = takeSparePool(3);
    expect(spare).toBeDefined();
    expect(takeSparePool(3)).toBeUndefined();
    spare?.release();
    for await (const _ of compressStream(endless().chunks, { kind: 'gzip', threads: 3 })) break;
    const packed = await compressed(bytes, { kind: 'gzip', level: 1, threads: 3 });
    expect((await decompressed(packed, 'gzip')).equals(bytes)).toBe(true);
  });

  it('serve streams side by side', async () => {
    const inputs = [1, 2, 3].map((seed) => layerLike(5 * MIB, seed));
    const packed = await Promise.all(
      inputs.map((bytes) => compressed(bytes, { kind: 'gzip', level: 1, threads: 2 })),
    );
    for (const [index, bytes] of inputs.entries()) {
      const back = await decompressed(packed[index] ?? new Uint8Array(0), 'gzip');
      expect(back.equals(bytes)).toBe(true);
    }
  });
});
