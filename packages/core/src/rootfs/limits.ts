import { LayersError } from '@layers/errors';
import { sharedCounters } from '#core/io/shared-counters.js';

/** Limits for all layers of an image together, so that a small hostile archive cannot exhaust memory. */
export interface Limits {
  /** Entries and directories. */
  readonly entries: number;
  /** Bytes of paths, link targets, xattrs and sparse maps, including their overhead in memory. */
  readonly metadataBytes: number;
}

/** More than the largest known images need (a million files), and few enough to read an image in under 512 MB. */
export const DEFAULT_LIMITS: Limits = { entries: 1_300_000, metadataBytes: 128 * 1024 * 1024 };

/** The current use of the limits: entries, bytes and layers. Shared memory of the threads that read layers. */
export type Usage = BigInt64Array;

export function createUsage(): Usage {
  return sharedCounters(3);
}

/** Positions in a `Usage`. */
const ENTRIES = 0;
const BYTES = 1;
const LAYERS = 2;

/** A layer adds its use to the shared usage in steps of this size: shared memory is slow. */
const ENTRIES_PER_UPDATE = 256;
const BYTES_PER_UPDATE = 64 * 1024;

/** A pipe's layers are all read before the manifest is known, and even an empty one uses some memory. */
const MAX_LAYERS_READ = 10_000;

/** The use that one layer makes of limits that all layers share. */
export class Quota {
  readonly #limits: Limits;
  readonly #usage: Usage;
  readonly #entriesPerUpdate: number;
  readonly #bytesPerUpdate: number;
  /** Used, but not yet added to the shared usage. */
  #entries = 0;
  #bytes = 0;
  /** Added to the shared usage. */
  readonly #shared = [0, 0, 0];

  /** The bytes that were counted so far. */
  get metadataBytes(): number {
    return (this.#shared[BYTES] ?? 0) + this.#bytes;
  }

  /** Counts one more layer. Throws ERR_LAYERS_LIMIT where too many layers share the limits. */
  constructor(limits: Limits, usage: Usage = createUsage()) {
    this.#limits = limits;
    this.#usage = usage;
    this.#entriesPerUpdate = Math.min(ENTRIES_PER_UPDATE, limits.entries);
    this.#bytesPerUpdate = Math.min(BYTES_PER_UPDATE, limits.metadataBytes);
    this.#share(LAYERS, 1, MAX_LAYERS_READ, 'changesets', 0);
  }

  /**
   * Counts entries and bytes. `offset` is the position in the layer's tar, for the error. Throws ERR_LAYERS_LIMIT
   * where the layers together use too much.
   */
  use(entries: number, metadataBytes: number, offset: number): void {
    this.#entries += entries;
    this.#bytes += metadataBytes;
    if (this.#entries > this.#entriesPerUpdate) {
      const used = this.#entries;
      this.#entries = 0;
      this.#share(ENTRIES, used, this.#limits.entries, 'entries', offset);
    }
    if (this.#bytes > this.#bytesPerUpdate) {
      const used = this.#bytes;
      this.#bytes = 0;
      this.#share(BYTES, used, this.#limits.metadataBytes, 'bytes of names and attributes', offset);
    }
  }

  /** Whether the limits have room for these entries and bytes. */
  hasRoom(entries: number, metadataBytes: number): boolean {
    return (
      this.#used(ENTRIES) + this.#entries + entries <= this.#limits.entries &&
      this.#used(BYTES) + this.#bytes + metadataBytes <= this.#limits.metadataBytes
    );
  }

  /** Adds the rest to the shared usage, and these entries, without a check. */
  flush(entries = 0): void {
    this.#add(ENTRIES, this.#entries + entries);
    this.#add(BYTES, this.#bytes);
    this.#entries = 0;
    this.#bytes = 0;
  }

  /** Subtracts everything from the shared usage, where the changeset is discarded. */
  release(): void {
    this.#shared.forEach((used, position) => void Atomics.sub(this.#usage, position, BigInt(used)));
    this.#shared.fill(0);
  }

  #used(position: number): number {
    return Number(Atomics.load(this.#usage, position));
  }

  #share(position: number, used: number, limit: number, what: string, offset: number): void {
    if (this.#add(position, used) > limit) throw overLimit(what, limit, offset);
  }

  #add(position: number, used: number): number {
    this.#shared[position] = (this.#shared[position] ?? 0) + used;
    return Number(Atomics.add(this.#usage, position, BigInt(used))) + used;
  }
}

/** The error for layers that use more than a limit together. */
export function overLimit(what: string, limit: number, offset?: number): LayersError {
  return new LayersError('ERR_LAYERS_LIMIT', `the layers have more than ${limit} ${what} together`, {
    offset,
    hint: 'the image may be malicious; pass higher limits to read it',
  });
}
