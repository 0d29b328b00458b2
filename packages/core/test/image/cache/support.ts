import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { LayerCache, type LayerCacheOptions } from '../../../src/image/cache/layer-cache.ts';
import type { SyncByteSource } from '../../../src/io/byte-source.ts';
import { fileSource } from '../../../src/io/file-source.ts';

/** Opens a cache that keeps layers of any size. */
export function cacheIn(directory: string, options: Partial<LayerCacheOptions> = {}): LayerCache {
  const cache = LayerCache.open({ directory, version: 'v', minBytes: 0, ...options });
  if (cache === null) throw new Error('the cache cannot be opened');
  return cache;
}

/** Waits until the times of a file show that it does not change any more. */
export const untilSettled = (): Promise<void> => setTimeout(30);

/** Returns an archive with gzip layers. */
export const archiveOf = (...layers: readonly (readonly EntrySpec[])[]): Buffer =>
  buildDockerArchive(
    { images: [{ tags: ['app:1'], layers: layers.map(buildTar) }] },
    { form: 'oci', compression: 'gzip' },
  );

/** Returns pseudo-random bytes, which do not compress. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** A file, and how many of its bytes were read. */
export function counted(path: string): { readonly source: SyncByteSource; bytes: () => number } {
  const file = fileSource(path);
  let bytes = 0;
  const add = (count: number): number => {
    bytes += count;
    return count;
  };
  const source: SyncByteSource = {
    sync: true,
    name: file.name,
    size: file.size,
    identity: () => file.identity(),
    read: (target, position) => add(file.read(target, position)),
    open() {
      const open = file.open();
      return {
        size: open.size,
        read: (target, position) => add(open.read(target, position)),
        close: () => open.close(),
      };
    },
    stream: (position, chunkBytes) => file.stream(position, chunkBytes),
    reference: () => file.reference(),
  };
  return { source, bytes: () => bytes };
}

/** The files of a cache, except for its key. */
export const filesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name !== 'key')
    .sort()
    .map((name) => join(directory, name));

/** Changes one byte of a file in place. */
export function flipByte(path: string, at: number): void {
  const byte = readFileSync(path)[at] ?? 0;
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Uint8Array.of(byte ^ 0x55), 0, 1, at);
  closeSync(descriptor);
}

export const inodeOf = (path: string): number => statSync(path).ino;
