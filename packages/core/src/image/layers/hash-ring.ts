import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { createDigester } from '../../digest/digester.js';

/**
 * Bytes on their way from the thread that inflates a layer to one that hashes it: slots of shared memory that are
 * filled and emptied in turns. Hashing costs nearly as much as inflating, so a layer that is most of its image is
 * ready in little more than half the time.
 */
export interface HashRing {
  readonly control: Int32Array;
  readonly lengths: Int32Array;
  readonly bytes: Uint8Array;
}

const SLOT_BYTES = 128 * 1024;
const SLOTS = 32;

const WRITTEN = 0;
const READ = 1;
const CLOSED = 2;

/** No honest thread is silent for so long; a dead one must not hold the other for ever. */
const PATIENCE_MS = 120_000;

export function createHashRing(): HashRing {
  return {
    control: new Int32Array(new SharedArrayBuffer(12)),
    lengths: new Int32Array(new SharedArrayBuffer(SLOTS * 4)),
    bytes: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
  };
}

/** Puts bytes into the ring, waiting while it is full. */
export function writeRing({ control, lengths, bytes }: HashRing, piece: Uint8Array): void {
  for (let at = 0; at < piece.length; at += SLOT_BYTES) {
    const part = piece.subarray(at, at + SLOT_BYTES);
    const written = Atomics.load(control, WRITTEN);
    for (;;) {
      const read = Atomics.load(control, READ);
      if (written - read < SLOTS) break;
      wait(control, READ, read);
    }
    const slot = written % SLOTS;
    bytes.set(part, slot * SLOT_BYTES);
    lengths[slot] = part.length;
    Atomics.store(control, WRITTEN, written + 1);
    Atomics.notify(control, WRITTEN);
  }
}

/** Says that no more bytes come. Must be called whatever happened, or the reader waits. */
export function closeRing({ control }: HashRing): void {
  Atomics.store(control, CLOSED, 1);
  Atomics.add(control, WRITTEN, 0);
  Atomics.notify(control, WRITTEN);
}

/** Hashes what comes through the ring until it is closed. */
export function hashRing(
  { control, lengths, bytes }: HashRing,
  algorithms: readonly ComputableAlgorithm[],
): Digest[] {
  const digesters = algorithms.map((algorithm) => createDigester(algorithm));
  for (let read = 0; ; ) {
    const written = Atomics.load(control, WRITTEN);
    if (read === written) {
      if (Atomics.load(control, CLOSED) === 1 && Atomics.load(control, WRITTEN) === read) break;
      Atomics.wait(control, WRITTEN, written, 50);
      continue;
    }
    const start = (read % SLOTS) * SLOT_BYTES;
    const part = bytes.subarray(start, start + (lengths[read % SLOTS] ?? 0));
    for (const digester of digesters) digester.update(part);
    read++;
    Atomics.store(control, READ, read);
    Atomics.notify(control, READ);
  }
  return digesters.map((digester) => digester.digest());
}

function wait(control: Int32Array, index: number, value: number): void {
  if (Atomics.wait(control, index, value, PATIENCE_MS) === 'timed-out') {
    throw new Error('the thread that hashes a layer no longer answers');
  }
}
