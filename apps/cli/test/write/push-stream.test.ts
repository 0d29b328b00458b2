import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compressedTo } from '../../src/write/compressed-to.ts';
import { createPushStream } from '../../src/write/push-stream.ts';

describe('a push stream', () => {
  it('passes one chunk at a time, and waits until it is processed', async () => {
    const { push, end, chunks } = createPushStream();
    const chunk = new Uint8Array(1);
    const writing = (async () => {
      for (let i = 0; i < 100; i++) {
        // Reuses the memory: a chunk may be overwritten once it is processed.
        chunk[0] = i;
        await push(chunk);
      }
      end();
    })();
    const seen: number[] = [];
    for await (const [byte = -1] of chunks) {
      await sleep(0);
      seen.push(byte, chunk[0] ?? -1);
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i >> 1));
  });

  it('rejects with the error that ends it', async () => {
    const { end, chunks } = createPushStream();
    end(new Error('broken'));
    await expect(chunks.next()).rejects.toThrow('broken');
  });

  it('rejects chunks after the reader has stopped', async () => {
    const { push, chunks } = createPushStream();
    const first = push(new Uint8Array(1));
    await chunks.next();
    await chunks.return();
    await expect(first).rejects.toThrow('the reader has stopped');
    await expect(push(new Uint8Array(1))).rejects.toThrow('the reader has stopped');
  });
});

describe('compressedTo', () => {
  const { signal } = new AbortController();
  const take = async () => {};

  it('resolves to the result of the work', async () => {
    const result = await compressedTo('gzip', signal, take, async (write) => {
      await write(new Uint8Array(9));
      return 7;
    });
    expect(result).toBe(7);
  });

  it('rejects with the first failure, of the work or of the reader', async () => {
    const work = async (write: (chunk: Uint8Array) => Promise<void>) => {
      for (;;) await write(new Uint8Array(1024 * 1024));
    };
    const full = () => Promise.reject(new Error('full'));
    await expect(compressedTo('gzip', signal, full, work)).rejects.toThrow('full');
    let pieces = 0;
    const late = () => (pieces++ > 2 ? full() : Promise.resolve());
    const random = async (write: (chunk: Uint8Array) => Promise<void>) => {
      for (;;) await write(randomBytes(1024 * 1024));
    };
    await expect(compressedTo('zstd', signal, late, random)).rejects.toThrow('full');
    const broken = () => Promise.reject(new Error('broken'));
    await expect(compressedTo('gzip', signal, take, broken)).rejects.toThrow('broken');
  });
});
