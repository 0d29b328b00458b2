import { pipeOf } from '@layers/testing/documents';
import type { Scratch } from '@layers/testing/scratch';
import type { ArchiveReader } from '../../src/image/archive/archive-reader.ts';
import { createFileArchiveReader } from '../../src/image/archive/file-archive-reader.ts';
import { createStreamArchiveReader } from '../../src/image/archive/stream-archive-reader.ts';
import { createFingerprintKey } from '../../src/image/layers/fingerprint.ts';
import type { LayerReadOptions } from '../../src/image/layers/layer-sink.ts';
import { fileSource } from '../../src/io/file-source.ts';
import { memorySource } from '../../src/io/memory-source.ts';
import { rangeSource } from '../../src/io/range-source.ts';

export const noDigests: LayerReadOptions = {
  storedDigests: [],
  tarDigests: [],
  fingerprintKey: createFingerprintKey(),
};

export const allDigests: LayerReadOptions = {
  ...noDigests,
  storedDigests: ['sha256'],
  tarDigests: ['sha256'],
};

/** Reads an archive from a pipe that delivers pieces of these lengths. */
export function streamedReader(
  bytes: Uint8Array,
  sizes?: readonly number[],
  layerOptions: LayerReadOptions = noDigests,
): Promise<ArchiveReader> {
  const options = { compression: null, layerOptions, bytes: () => bytes.length };
  return createStreamArchiveReader(pipeOf(bytes, sizes), options);
}

/** The ways to read an archive. */
export const WAYS: readonly (readonly [
  way: string,
  read: (bytes: Uint8Array, scratch: Scratch) => Promise<ArchiveReader>,
])[] = [
  ['a file', async (bytes, scratch) => createFileArchiveReader(fileSource(scratch.file(bytes)))],
  ['memory', async (bytes) => createFileArchiveReader(memorySource(bytes))],
  [
    'a part of a file',
    async (bytes, scratch) => {
      const file = scratch.file(Buffer.concat([Buffer.alloc(99, 7), bytes, Buffer.alloc(999, 7)]));
      return createFileArchiveReader(rangeSource(fileSource(file), 99, bytes.length));
    },
  ],
  ['a pipe', (bytes) => streamedReader(bytes)],
  ['a pipe of small pieces', (bytes) => streamedReader(bytes, [100, 1, 513])],
];
