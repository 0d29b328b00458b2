import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { digestBy } from '@layers/testing/layer-parts';
import { describe, expect, test } from 'vitest';
import {
  closeRing,
  createHashRing,
  type HashRing,
  hashRing,
  writeRing,
} from '../../../src/image/layers/hash-ring.ts';

/** Hashes the bytes of the ring in another thread, after a wait. */
function hashInThread(ring: HashRing, waitMs = 0): Promise<unknown> {
  const url = new URL('../../../dist/image/layers/hash-ring.js', import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.url).then(({ hashRing }) => setTimeout(() => {
       parentPort.postMessage(hashRing(workerData.ring, ['sha256', 'sha512']));
     }, workerData.waitMs));`,
    { eval: true, workerData: { url, ring, waitMs } },
  );
  return once(worker, 'message').then(async ([digests]) => {
    await worker.terminate();
    return digests;
  });
}

const pieceOf = (bytes: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, i) => (i * seed + (i >> 8)) & 0xff));

const expected = (pieces: readonly Uint8Array[]) => {
  const all = Buffer.concat(pieces);
  return [digestBy('sha256', all), digestBy('sha512', all)];
};

describe('bytes that another thread hashes', () => {
  test.each([
    ['nothing', []],
    ['a few bytes', [5]],
    ['pieces of any length, also none and more than a slot', [1, 0, 131_072, 131_073, 300_000, 7]],
  ])('%s', async (_, lengths) => {
    const pieces = lengths.map((length, i) => pieceOf(length, i + 1));
    const ring = createHashRing();
    const digests = hashInThread(ring);
    for (const piece of pieces) writeRing(ring, piece);
    closeRing(ring);
    expect(await digests).toEqual(expected(pieces));
  });

  test('more bytes than the ring has, with a late reader', async () => {
    const piece = pieceOf(100_000, 3);
    const pieces = Array.from({ length: 120 }, () => piece);
    const ring = createHashRing();
    const digests = hashInThread(ring, 100);
    for (const each of pieces) writeRing(ring, each);
    closeRing(ring);
    expect(await digests).toEqual(expected(pieces));
  });

  test('a piece may be reused as soon as it is written', () => {
    const ring = createHashRing();
    const piece = pieceOf(1000, 1);
    const original = Buffer.from(piece);
    writeRing(ring, piece);
    piece.fill(0);
    closeRing(ring);
    expect(hashRing(ring, ['sha256'])).toEqual([digestBy('sha256', original)]);
  });
});
