import { digestOf } from '@layers/core/digest';
import type { ExistingLayer } from '@layers/rewrite/image';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test, vi } from 'vitest';
import { loadGraph, loadImages } from '../../src/load/index.ts';
import { imageWith, newStore } from '../support/stores.ts';

const { folder } = useScratch();
const failure = new Error('the connection is lost');

/** A layer of a registry: read with others at once. */
function layer(name: string, chunks: ExistingLayer['chunks']): ExistingLayer {
  const digest = digestOf(name);
  return {
    kind: 'existing',
    digest,
    sizeBytes: 1 << 30,
    diffId: digest,
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    source: null,
    isConcurrent: true,
    chunks,
  };
}

async function* fails(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
  throw failure;
}

/** Yields until it is stopped. */
function endless() {
  const state = { isEnded: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await new Promise<Uint8Array>((resolve) => setImmediate(resolve, new Uint8Array(10)));
    } finally {
      state.isEnded = true;
    }
  }
  return { state, chunks };
}

/** Waits for a response that does not come, until the transfer is stopped. */
function silent() {
  let stop = (_: unknown): void => {};
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    await new Promise((_, reject) => {
      stop = reject;
    });
  }
  return { chunks, stop: (error: unknown) => stop(error) };
}

type Load = (
  chunks: readonly ExistingLayer['chunks'][],
  onFailure: (error: unknown) => void,
) => Promise<unknown>;

const WAYS: readonly (readonly [string, Load])[] = [
  [
    'images',
    (all, onFailure) =>
      loadImages(newStore(folder), [imageWith(all.map((chunks, i) => layer(String(i), chunks)))], {
        onFailure,
      }),
  ],
  [
    'a graph',
    (all, onFailure) => {
      const bytes = Buffer.from('{}');
      const root = { digest: digestOf(bytes), mediaType: 'application/json', bytes };
      const blobs = all.map((chunks, i) => ({ digest: digestOf(String(i)), sizeBytes: 1 << 30, chunks }));
      return loadGraph(newStore(folder), { root, documents: [], blobs }, null, { onFailure });
    },
  ],
];

describe.each(WAYS)('loading %s', (_, load) => {
  test('ends the other layers after a failure', async () => {
    const other = endless();
    const onFailure = vi.fn();
    await expect(load([other.chunks, fails], onFailure)).rejects.toBe(failure);
    expect(other.state.isEnded).toBe(true);
    expect(onFailure.mock.calls).toEqual([[failure]]);
  });

  test('lets the caller end what they wait for', async () => {
    const other = silent();
    await expect(load([other.chunks, fails], other.stop)).rejects.toBe(failure);
  });
});
