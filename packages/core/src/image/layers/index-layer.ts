import { walkTar } from '@layers/tar';
import { NeedsPortableInflater, suitsNative } from '../../compression/inflater.js';
import { type Compression, SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import type { Digest } from '../../digest/digest.js';
import { type FileRange, openRange } from '../../io/file-bytes.js';
import { ChangesetIndexer } from '../../rootfs/changeset-indexer.js';
import { DEFAULT_LIMITS } from '../../rootfs/limits.js';
import { closeRing, type HashRing, writeRing } from './hash-ring.js';
import { type LayerIndex, type Problem, problemOf } from './layer-index.js';
import { type Engine, type LayerReadOptions, LayerSink } from './layer-sink.js';

/** A layer in a file, and what is wanted of it. Plain data: it can be sent to a thread. */
export interface LayerTask extends LayerReadOptions {
  readonly range: FileRange;
  /** As `compressionOfRange` found it. */
  readonly compression: Compression | null;
  /** Read an uncompressed layer through for its digests, which its entries alone do not need. */
  readonly verifyRaw: boolean;
  /** The DiffID that is claimed: a native inflater is not believed where it finds another. */
  readonly expectedDiffId: Digest | null;
  /** Shared with whoever shows progress: bytes read so far, in [0]. */
  readonly progress: BigInt64Array | null;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Indexes a layer in a file. An uncompressed one of which no digest is wanted is walked by its headers, and its
 * contents are never read; any other is read once, in order. With a ring, the uncompressed bytes go into it.
 */
export function indexLayer(task: LayerTask, ring: HashRing | null = null): LayerIndex {
  const source = openRange(task.range);
  try {
    if (!isReadThrough(task)) return walkLayer(source, task);
    if (ring !== null) return readIntoRing(source, task, ring);
    return (
      (suitsNative(source.size) ? readNative(source, task) : null) ?? readThrough(source, task, 'portable')
    );
  } finally {
    source.close();
  }
}

/** Whether a layer's every byte must be read: it is compressed, or its digests are wanted. */
export function isReadThrough(task: LayerTask): boolean {
  return task.compression !== null || task.verifyRaw;
}

/** What a range of a file is compressed with, by its first bytes. */
export function compressionOfRange(range: FileRange): Compression | null {
  const source = openRange(range);
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    return sniffCompression(head.subarray(0, source.read(head, 0)));
  } finally {
    source.close();
  }
}

function hasExpected(index: LayerIndex, { expectedDiffId, compression }: LayerTask): boolean {
  return compression !== 'gzip' || expectedDiffId === null || index.diffIds.includes(expectedDiffId);
}

type Source = ReturnType<typeof openRange>;

/** Reads with whatever is fastest; null where its result is not to be believed and the layer must be read again. */
function readNative(source: Source, task: LayerTask): LayerIndex | null {
  const sink = createSink(task, 'auto');
  try {
    const index = readInto(sink, source, task);
    if (index.problem === null && hasExpected(index, task)) return index;
  } catch (error) {
    if (!(error instanceof NeedsPortableInflater)) throw error;
  }
  sink.discard();
  return null;
}

function walkLayer(source: Source, { limits, usage }: LayerTask): LayerIndex {
  const indexer = new ChangesetIndexer(limits ?? DEFAULT_LIMITS, usage);
  let problem: Problem | null = null;
  try {
    for (const entry of walkTar(source, { onWarning: (warning) => indexer.warn(warning) }))
      indexer.add(entry);
  } catch (error) {
    problem = problemOf(error);
  }
  const { size } = source;
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
  };
}

function readIntoRing(source: Source, task: LayerTask, ring: HashRing): LayerIndex {
  try {
    return readThrough(source, task, 'portable', (bytes) => writeRing(ring, bytes));
  } finally {
    closeRing(ring);
  }
}

function readThrough(
  source: Source,
  task: LayerTask,
  engine: Engine,
  onTar?: (bytes: Uint8Array) => void,
): LayerIndex {
  return readInto(createSink(task, engine, onTar), source, task);
}

function createSink(task: LayerTask, engine: Engine, onTar?: (bytes: Uint8Array) => void): LayerSink {
  const { compression } = task;
  // An uncompressed layer can be read again where contents are to be compared: it needs no fingerprints.
  const fingerprintKey = compression === null ? null : task.fingerprintKey;
  return new LayerSink(compression, { ...task, fingerprintKey }, engine, onTar);
}

function readInto(sink: LayerSink, source: Source, task: LayerTask): LayerIndex {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let position = 0;
  while (position < source.size) {
    const got = source.read(chunk, position);
    if (got === 0) break;
    sink.write(got === chunk.length ? chunk : chunk.subarray(0, got));
    position += got;
    if (task.progress !== null) Atomics.add(task.progress, 0, BigInt(got));
  }
  return sink.end();
}
