import { LayersError } from '@layers/errors';

/** What all layers of one image may take together, so that a small hostile archive cannot exhaust memory. */
export interface Limits {
  /** Entries and directories. */
  readonly entries: number;
  /** Bytes of paths, link targets, xattrs and sparse maps, with what it takes to keep them. */
  readonly metadataBytes: number;
}

/** Above the biggest honest images (a million files), and little enough that reading one takes under 512 MB. */
export const DEFAULT_LIMITS: Limits = { entries: 1_300_000, metadataBytes: 128 * 1024 * 1024 };

/** What layers have taken so far: entries, bytes and themselves, in memory that the threads reading them share. */
export type Usage = BigInt64Array;

export function createSpent(): Usage {
  return new BigInt64Array(new SharedArrayBuffer(24));
}

/** Takes from the limits on behalf of one layer. */
export interface Quota {
  /** Throws ERR_LAYERS_LIMIT where the layers together have taken too much; `offset` is the position in this one. */
  take(entries: number, metadataBytes: number, offset: number): void;
  /** Tells the others also of what was too little for a look. */
  flush(): void;
  /** Gives back everything, where what it was taken for is thrown away. */
  release(): void;
}

/** How much a layer takes before it looks at what the others took: a look at shared memory is dear. */
const ENTRIES_A_LOOK = 256;
const BYTES_A_LOOK = 64 * 1024;

/** Of a pipe every layer is read before it is known which belong to the image; even an empty one takes some memory. */
const MAX_LAYERS_READ = 10_000;

/** For one layer. Throws ERR_LAYERS_LIMIT where too many layers share the limits. */
export function createQuota(limits: Limits, spent: Usage = createSpent()): Quota {
  let entriesTaken = 0;
  let bytesTaken = 0;
  const told = [0, 0, 0];
  const entriesALook = Math.min(ENTRIES_A_LOOK, limits.entries);
  const bytesALook = Math.min(BYTES_A_LOOK, limits.metadataBytes);
  const look = (at: number, taken: number, limit: number, what: string, offset: number): void => {
    told[at] = (told[at] ?? 0) + taken;
    const all = Number(Atomics.add(spent, at, BigInt(taken))) + taken;
    if (all > limit) overLimit(what, limit, offset);
  };
  look(2, 1, MAX_LAYERS_READ, 'changesets', 0);
  return {
    take(entries, metadataBytes, offset) {
      entriesTaken += entries;
      bytesTaken += metadataBytes;
      if (entriesTaken > entriesALook) {
        const taken = entriesTaken;
        entriesTaken = 0;
        look(0, taken, limits.entries, 'entries', offset);
      }
      if (bytesTaken > bytesALook) {
        const taken = bytesTaken;
        bytesTaken = 0;
        look(1, taken, limits.metadataBytes, 'bytes of names and attributes', offset);
      }
    },
    flush() {
      Atomics.add(spent, 0, BigInt(entriesTaken));
      Atomics.add(spent, 1, BigInt(bytesTaken));
      told[0] = (told[0] ?? 0) + entriesTaken;
      told[1] = (told[1] ?? 0) + bytesTaken;
      entriesTaken = 0;
      bytesTaken = 0;
    },
    release() {
      told.forEach((taken, at) => void Atomics.sub(spent, at, BigInt(taken)));
      told.fill(0);
    },
  };
}

/** Throws ERR_LAYERS_LIMIT. */
export function overLimit(what: string, limit: number, offset?: number): never {
  throw new LayersError('ERR_LAYERS_LIMIT', `there are more than ${limit} ${what} in the layers together`, {
    offset,
    hint: 'such an image is made to exhaust memory; a program can raise the limits that it passes',
  });
}
