import { pipeOf } from '@layers/testing/documents';
import type { Scratch } from '@layers/testing/scratch';
import type { ArchiveReader } from '../../src/image/archive/archive-reader.ts';
import { readFileMembers } from '../../src/image/archive/file-archive-reader.ts';
import { readStreamMembers } from '../../src/image/archive/stream-archive-reader.ts';
import { createFingerprintKey } from '../../src/image/layers/fingerprint.ts';
import type { LayerReadOptions } from '../../src/image/layers/layer-sink.ts';

export const noWishes: LayerReadOptions = {
  storedDigests: [],
  tarDigests: [],
  fingerprintKey: createFingerprintKey(),
};

export const verifyWishes: LayerReadOptions = {
  ...noWishes,
  storedDigests: ['sha256'],
  tarDigests: ['sha256'],
};

/** An archive's members as they are streamed by in pieces of these lengths. */
export function streamedMembers(
  bytes: Uint8Array,
  sizes?: readonly number[],
  wishes: LayerReadOptions = noWishes,
): Promise<ArchiveReader> {
  const options = { compression: null, wishes, bytes: () => bytes.length };
  return readStreamMembers(pipeOf(bytes, sizes), options);
}

/** The two ways in which an archive's members can be had. */
export const WAYS: readonly (readonly [
  way: string,
  read: (bytes: Uint8Array, scratch: Scratch) => Promise<ArchiveReader>,
])[] = [
  ['a file', async (bytes, scratch) => readFileMembers(scratch.file(bytes))],
  ['a pipe', (bytes) => streamedMembers(bytes)],
  ['a pipe of small pieces', (bytes) => streamedMembers(bytes, [100, 1, 513])],
];
