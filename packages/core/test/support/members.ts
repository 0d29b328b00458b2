import { readFileMembers } from '../../src/image/file-members.ts';
import { createFingerprintKey } from '../../src/image/fingerprint.ts';
import type { LayerWishes } from '../../src/image/layer-sink.ts';
import type { Members } from '../../src/image/members.ts';
import { readStreamMembers } from '../../src/image/stream-members.ts';
import { pipeOf } from './documents.ts';
import type { Scratch } from './scratch.ts';

export const noWishes: LayerWishes = {
  storedDigests: [],
  tarDigests: [],
  fingerprintKey: createFingerprintKey(),
};

export const verifyWishes: LayerWishes = { ...noWishes, storedDigests: ['sha256'], tarDigests: ['sha256'] };

/** An archive's members as they are streamed by in pieces of these lengths. */
export function streamedMembers(
  bytes: Uint8Array,
  sizes?: readonly number[],
  wishes: LayerWishes = noWishes,
): Promise<Members> {
  const options = { compression: null, wishes, bytes: () => bytes.length };
  return readStreamMembers(pipeOf(bytes, sizes), options);
}

/** The two ways in which an archive's members can be had. */
export const WAYS: readonly (readonly [
  way: string,
  read: (bytes: Uint8Array, scratch: Scratch) => Promise<Members>,
])[] = [
  ['a file', async (bytes, scratch) => readFileMembers(scratch.file(bytes))],
  ['a pipe', (bytes) => streamedMembers(bytes)],
  ['a pipe of small pieces', (bytes) => streamedMembers(bytes, [100, 1, 513])],
];
