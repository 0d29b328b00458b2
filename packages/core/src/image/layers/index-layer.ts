import type { TarWarning } from '@layers/tar';
import { TarWalk } from '@layers/tar/internal';
import { NeedsPortableInflater, usesZlibSync } from '../../compression/inflater.js';
import { type Compression, SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import type { Digest } from '../../digest/digest.js';
import type { OpenBytes, SyncByteSource } from '../../io/byte-source.js';
import { runSteps, runStepsWithPauses, type Steps } from '../../io/steps.js';
import { ChangesetIndexer } from '../../rootfs/changeset-indexer.js';
import { DEFAULT_LIMITS } from '../../rootfs/limits.js';
import { withTocFindings } from './check-toc.js';
import { closeRing, type HashRing, writeRing } from './hash-ring.js';
import { type LayerIndex, type Problem, problemOf } from './layer-index.js';
import { type Engine, type LayerReadOptions, LayerSink } from './layer-sink.js';
import { FIRST_HEADER_BYTES, namedProblem } from './not-a-tar.js';

/** A layer that can be read by position, and what to compute about it. Plain data, except for the source. */
export interface LayerTask extends LayerReadOptions {
  readonly source: SyncByteSource;
  /** The result of `compressionOf`. */
  readonly compression: Compression | null;
  /** Reads an uncompressed layer completely, to compute its digests. */
  readonly verifyRaw: boolean;
  /** The declared DiffID. Where zlib-sync gives another one, the layer is read again without it. */
  readonly expectedDiffId: Digest | null;
  /** Shared memory for progress: bytes read so far, in [0]. */
  readonly progress: BigInt64Array | null;
}

/** How many bytes of a blob are read at once. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * Indexes a layer that can be read by position. Walks the headers of an uncompressed layer whose digests are not requested; reads any
 * other layer once, in order. Writes the uncompressed bytes to the ring, if there is one. Throws ERR_LAYERS_READ and
 * ERR_LAYERS_LIMIT; other errors become the `problem` of the index.
 */
export function indexLayer(task: LayerTask, ring: HashRing | null = null): LayerIndex {
  if (!isReadThrough(task)) return runSteps(walkLayer(task));
  return withTocFindings(task.source, readLayer(task, ring));
}

function readLayer(task: LayerTask, ring: HashRing | null): LayerIndex {
  const source = task.source.open();
  try {
    if (ring !== null) return readIntoRing(source, task, ring);
    const isZlibSync = task.compression === 'gzip' && usesZlibSync(source.size);
    return (isZlibSync ? readWithZlibSync(source, task) : null) ?? readThrough(source, task, 'portable');
  } finally {
    source.close();
  }
}

/** Indexes a layer as `indexLayer` does, with pauses while it walks headers: a layer may have a million. */
export async function indexLayerWithPauses(task: LayerTask, signal?: AbortSignal): Promise<LayerIndex> {
  return isReadThrough(task) ? indexLayer(task) : runStepsWithPauses(walkLayer(task), signal);
}

/** Whether every byte of a layer must be read: it is compressed, or its digests are requested. */
export function isReadThrough(task: LayerTask): boolean {
  return task.compression !== null || task.verifyRaw;
}

/** Recognises the compression of a source by its first bytes. */
export function compressionOf(source: Pick<SyncByteSource, 'read'>): Compression | null {
  const head = new Uint8Array(SNIFF_BYTES);
  return sniffCompression(head.subarray(0, source.read(head, 0)));
}

function hasExpectedDiffId(index: LayerIndex, { expectedDiffId }: LayerTask): boolean {
  return expectedDiffId === null || index.diffIds.includes(expectedDiffId);
}

/** Reads with zlib-sync; returns null where the layer must be read again with the portable inflater. */
function readWithZlibSync(source: OpenBytes, task: LayerTask): LayerIndex | null {
  const sink = createSink(task, 'auto');
  try {
    const index = readInto(sink, source, task);
    if (index.problem === null && hasExpectedDiffId(index, task)) return index;
  } catch (error) {
    if (!(error instanceof NeedsPortableInflater)) throw error;
  }
  sink.discard();
  return null;
}

const STEP_ENTRIES = 2000;

/** For layers of fewer entries, making a kernel takes longer than reading the headers without. */
const KERNEL_ENTRIES = 64;

function* walkLayer({ source: closed, limits, usage, progress }: LayerTask): Steps<LayerIndex> {
  const source = closed.open();
  let counted = 0;
  const passed = (position: number): void => {
    if (progress !== null) Atomics.add(progress, 0, BigInt(position - counted));
    counted = position;
  };
  try {
    const indexer = new ChangesetIndexer(limits ?? DEFAULT_LIMITS, usage);
    let problem: Problem | null = null;
    try {
      const onWarning = (warning: TarWarning): void => indexer.warn(warning);
      const walk = new TarWalk(source, { onWarning, ignoreGlobals: true, usesKernel: true });
      try {
        let first = KERNEL_ENTRIES;
        for (let entries = 0; ; ) {
          const batch = first-- > 0 ? null : walk.plainEntries();
          if (batch !== null && indexer.addBatch(batch, walk.offset / source.size)) entries += batch.entries;
          else {
            if (batch !== null) walk.undoBatch();
            const entry = walk.next();
            if (entry === null) break;
            indexer.add(entry);
            entries++;
          }
          if (entries < STEP_ENTRIES) continue;
          entries = 0;
          passed(walk.offset);
          yield;
        }
      } finally {
        walk.close();
      }
    } catch (error) {
      const head = new Uint8Array(FIRST_HEADER_BYTES);
      problem = namedProblem(problemOf(error), head.subarray(0, source.read(head, 0)));
    }
    const { size } = source;
    passed(size);
    const changeset = indexer.finish();
    return {
      changeset,
      compression: null,
      storedBytes: size,
      tarBytes: size,
      digests: [],
      diffIds: [],
      inflated: true,
      problem,
      accessPoints: null,
      tocFindings: [],
    };
  } finally {
    source.close();
  }
}

function readIntoRing(source: OpenBytes, task: LayerTask, ring: HashRing): LayerIndex {
  try {
    return readThrough(source, task, 'portable', (bytes) => writeRing(ring, bytes));
  } finally {
    closeRing(ring);
  }
}

function readThrough(
  source: OpenBytes,
  task: LayerTask,
  engine: Engine,
  onTar?: (bytes: Uint8Array) => void,
): LayerIndex {
  return readInto(createSink(task, engine, onTar), source, task);
}

/** Creates the sink that reads a layer from its start. */
export function createSink(task: LayerTask, engine: Engine, onTar?: (bytes: Uint8Array) => void): LayerSink {
  const { compression } = task;
  // The contents of an uncompressed layer can be read again to compare them, without fingerprints.
  const fingerprintKey = compression === null ? null : task.fingerprintKey;
  return new LayerSink(compression, { ...task, fingerprintKey }, engine, onTar);
}

function readInto(sink: LayerSink, source: OpenBytes, task: LayerTask): LayerIndex {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(source.size, 1)));
  let position = 0;
  while (position < source.size) {
    const count = source.read(chunk, position);
    if (count === 0) break;
    sink.write(count === chunk.length ? chunk : chunk.subarray(0, count));
    position += count;
    if (task.progress !== null) Atomics.add(task.progress, 0, BigInt(count));
  }
  return sink.end();
}
