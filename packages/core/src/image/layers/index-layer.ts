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
import type { LayerObserver } from './layer-observer.js';
import { type Engine, type LayerReadOptions, LayerSink } from './layer-sink.js';
import { FIRST_HEADER_BYTES, namedProblem } from './not-a-tar.js';

/** A layer that can be read by position, and what to compute about it. Plain data, except for the source and `observe`. */
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
  /** Observes a layer that is read completely, in this thread. Called again where the layer is read from its start once more. */
  readonly observe?: (() => LayerObserver) | undefined;
}

/** How many bytes of a blob are read at once. */
export const CHUNK_BYTES = 256 * 1024;

/**
 * Indexes a layer that can be read by position. Walks the headers of an uncompressed layer whose digests are not requested; reads any
 * other layer once, in order. Writes the uncompressed bytes to the ring, if there is one. Throws ERR_LAYERS_READ and
 * ERR_LAYERS_LIMIT; other errors become the `problem` of the index.
 */
export function indexLayer(task: LayerTask, ring: HashRing | null = null): LayerIndex {
  return runSteps(isReadThrough(task) ? readLayer(task, ring) : walkLayer(task));
}

/** Indexes a layer as `indexLayer` does, with pauses: a layer may have a million headers, or many bytes for an observer. */
export function indexLayerWithPauses(task: LayerTask, signal?: AbortSignal): Promise<LayerIndex> {
  return runStepsWithPauses(isReadThrough(task) ? readLayer(task, null) : walkLayer(task), signal);
}

function* readLayer(task: LayerTask, ring: HashRing | null): Steps<LayerIndex> {
  const source = task.source.open();
  try {
    const isZlibSync = ring === null && task.compression === 'gzip' && usesZlibSync(source.size);
    const index =
      ring !== null
        ? yield* readIntoRing(source, task, ring)
        : ((isZlibSync ? yield* readWithZlibSync(source, task) : null) ??
          (yield* readThrough(source, task, task.observe?.())));
    return withTocFindings(task.source, index);
  } finally {
    source.close();
  }
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
function* readWithZlibSync(source: OpenBytes, task: LayerTask): Steps<LayerIndex | null> {
  const sink = createSink(task, 'auto', task.observe?.());
  try {
    const index = yield* readInto(sink, source, task);
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

function* readIntoRing(source: OpenBytes, task: LayerTask, ring: HashRing): Steps<LayerIndex> {
  try {
    return yield* readThrough(source, task, { onTar: (bytes) => writeRing(ring, bytes) });
  } finally {
    closeRing(ring);
  }
}

function readThrough(source: OpenBytes, task: LayerTask, observer?: LayerObserver): Steps<LayerIndex> {
  return readInto(createSink(task, 'portable', observer), source, task);
}

/** Creates the sink that reads a layer from its start. */
export function createSink(task: LayerTask, engine: Engine, observer?: LayerObserver): LayerSink {
  const { compression } = task;
  // The contents of an uncompressed layer can be read again to compare them, without fingerprints.
  const fingerprintKey = compression === null ? null : task.fingerprintKey;
  return new LayerSink(compression, { ...task, fingerprintKey }, engine, observer);
}

function* readInto(sink: LayerSink, source: OpenBytes, task: LayerTask): Steps<LayerIndex> {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(source.size, 1)));
  let position = 0;
  while (position < source.size) {
    const count = source.read(chunk, position);
    if (count === 0) break;
    sink.write(count === chunk.length ? chunk : chunk.subarray(0, count));
    position += count;
    if (task.progress !== null) Atomics.add(task.progress, 0, BigInt(count));
    yield;
  }
  return sink.end();
}
