import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { createDigester } from '../../digest/digester.js';

/**
 * A ring buffer in shared memory between the thread that decompresses a layer and the one that hashes it. Hashing
 * costs nearly as much as decompressing, so two threads need little more than half the time for a large layer.
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

/** The longest wait for the other thread, which may have died. */
const TIMEOUT_MS = 120_000;

export function createHashRing(): HashRing {
  return {
    control: new Int32Array(new SharedArrayBuffer(12)),
    lengths: new Int32Array(new SharedArrayBuffer(SLOTS * 4)),
    bytes: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
  };
}

/** Writes bytes to the ring. Waits while it is full. */
export function writeRing({ control, lengths, bytes }: HashRing, piece: Uint8Array): void {
  for (let offset = 0; offset < piece.length; offset += SLOT_BYTES) {
    const part = piece.subarray(offset, offset + SLOT_BYTES);
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

/** Ends the bytes of the ring. Must be called after errors too, or the reader waits forever. */
export function closeRing({ control }: HashRing): void {
  Atomics.store(control, CLOSED, 1);
  Atomics.add(control, WRITTEN, 0);
  Atomics.notify(control, WRITTEN);
}

/** Hashes the bytes of the ring until it is closed. */
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
  if (Atomics.wait(control, index, value, TIMEOUT_MS) === 'timed-out') {
    throw new Error('the thread that hashes a layer does not respond');
  }
}
