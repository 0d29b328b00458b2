import { setTimeout as sleep } from 'node:timers/promises';
import { collect } from '@layers/testing/new-images';
import { describe, expect, it } from 'vitest';
import { createBufferPool } from '../../src/compress/block.ts';
import { openCompressPool, takeIdlePool } from '../../src/compress/compress-pool.ts';
import { type CompressOptions, compressStream } from '../../src/compress/compress-stream.ts';
import { openNodePool } from '../../src/compress/node-pool.ts';
import { compressed, decompressed, layerLike, MIB } from './support.ts';

const CHUNK = layerLike(MIB);

/** Returns an endless stream, and counts the chunks that were read. */
function endless() {
  const seen = { chunks: 0, closed: false };
  async function* chunks() {
    try {
      for (;;) {
        seen.chunks += 1;
        yield CHUNK;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { seen, chunks: chunks() };
}

const cases: CompressOptions[] = [
  { kind: 'gzip', threads: 0, level: 1 },
  { kind: 'gzip', threads: 2, level: 1 },
  { kind: 'zstd', threads: 0, level: 1 },
  { kind: 'gzip', threads: 5, level: 1 },
  { kind: 'zstd', threads: 2, level: 1 },
  { kind: 'zstd', threads: 5, level: 1 },
  { kind: 'none' },
];

describe.each(cases)('$kind in $threads threads', (options) => {
  it('closes the input if the loop is left early', async () => {
    const { seen, chunks } = endless();
    let count = 0;
    for await (const _ of compressStream(chunks, options)) if (++count === 4) break;
    expect(seen.closed).toBe(true);
    expect(seen.chunks).toBeLessThan(64);
  });

  it('reads only some blocks ahead', async () => {
    const { seen, chunks } = endless();
    const stream = compressStream(chunks, options);
    for (let count = 0; count < 4; count++) await stream.next();
    const { chunks: before } = seen;
    await sleep(50);
    expect(seen.chunks).toBe(before);
    expect(before).toBeLessThan(64);
    await stream.return();
  });

  it('throws the reason when aborted between chunks', async () => {
    const { seen, chunks } = endless();
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = async () => {
      let count = 0;
      for await (const _ of compressStream(chunks, { ...options, signal: controller.signal })) {
        if (++count === 4) controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(seen.closed).toBe(true);
  });

  it('throws the reason when aborted while it waits for the input', async () => {
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

  it('reads nothing if already aborted', async () => {
    const { seen, chunks } = endless();
    const reason = new Error('never');
    const stream = compressStream(chunks, { ...options, signal: AbortSignal.abort(reason) });
    await expect(stream.next()).rejects.toBe(reason);
    expect(seen.chunks).toBe(0);
  });

  it('throws the error of the input', async () => {
    const reason = new Error('the input broke');
    async function* broken() {
      for (let index = 0; index < 18; index++) yield CHUNK;
      throw reason;
    }
    await expect(collect(compressStream(broken(), options))).rejects.toBe(reason);
  });
});

const job = (level: number) => {
  const { acquire, outputStart } = createBufferPool({ blockBytes: 100, dictionaryBytes: 0 });
  const block = { buffer: acquire(), start: 0, end: 100, outputStart, isLast: true };
  return { kind: 'gzip', level, block } as const;
};

describe.each([
  ['worker threads', () => openCompressPool(1)],
  ["Node's thread pool", async () => openNodePool()],
])('%s', (_, open) => {
  it('report the error of a block, and compress the next one', async () => {
    const pool = await open();
    await expect(pool.run(job(99))).rejects.toThrow(/level/);
    expect((await pool.run(job(6))).bytes).toBeGreaterThan(0);
    await pool.stop();
  });

  it('refuse new and waiting blocks once stopped', async () => {
    const pool = await open();
    const results = Promise.allSettled([1, 2, 3, 4].map((level) => pool.run(job(level))));
    await pool.stop();
    expect((await results).map(({ status }) => status)).toContain('rejected');
    await expect(pool.run(job(6))).rejects.toThrow('stopped');
  });
});

describe('worker threads', () => {
  it('are reused after a complete stream, and stopped after an incomplete one', async () => {
    const bytes = layerLike(5 * MIB);
    await compressed(bytes, { kind: 'gzip', level: 1, threads: 5 });
    const idle = takeIdlePool(5);
    expect(idle).toBeDefined();
    expect(takeIdlePool(5)).toBeUndefined();
    idle?.release();
    for await (const _ of compressStream(endless().chunks, { kind: 'gzip', threads: 5 })) break;
    const output = await compressed(bytes, { kind: 'gzip', level: 1, threads: 5 });
    expect((await decompressed(output, 'gzip')).equals(bytes)).toBe(true);
  });

  it.each([2, 5])('compress several streams at the same time, with %i threads each', async (threads) => {
    const inputs = [1, 2, 3].map((seed) => layerLike(5 * MIB, seed));
    const outputs = await Promise.all(
      inputs.map((bytes) => compressed(bytes, { kind: 'gzip', level: 1, threads })),
    );
    for (const [index, bytes] of inputs.entries()) {
      const decoded = await decompressed(outputs[index] ?? new Uint8Array(0), 'gzip');
      expect(decoded.equals(bytes)).toBe(true);
    }
  });
});
