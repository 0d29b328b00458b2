import type { Digest } from '../digest/digest.js';
import { computableAlgorithmOf } from '../digest/digest.js';
import { createFinding, type Finding } from '../findings/finding.js';
import { ChangesetIndexer } from '../rootfs/changeset-indexer.js';
import { createUsage, DEFAULT_LIMITS, type Limits, overLimit } from '../rootfs/limits.js';
import type { LayerBytes } from './archive/archive-reader.js';
import type { ImageDescription, LayerDescription } from './describe/description.js';
import { isContested, type KnownLayers, knownIndex } from './known-layers.js';
import { compressionOfRange, type LayerTask } from './layers/index-layer.js';
import { indexLayers } from './layers/index-layers.js';
import type { LayerIndex } from './layers/layer-index.js';
import { indexBytes, type LayerReadOptions } from './layers/layer-sink.js';
import type { Archive, ReadOptions } from './open-archive.js';

/** One layer, read: what was said of it and what its bytes told. */
export interface ReadLayer {
  readonly position: number;
  readonly description: LayerDescription;
  /** Null where its bytes are not there. */
  readonly index: LayerIndex | null;
  /** Where its bytes can be read again, or null. */
  readonly bytes: LayerBytes | null;
  /** Whether what was computed is what was claimed; null where nothing was computed. */
  readonly verified: boolean | null;
}

/** An image whose layers have been read. */
export interface ReadImage {
  readonly archive: Archive;
  readonly description: ImageDescription;
  readonly layers: readonly ReadLayer[];
  readonly findings: readonly Finding[];
}

/**
 * Indexes the layers of an image: each blob once, however many positions it has. Compressed layers are read through
 * and their digests computed; of uncompressed ones only the headers are read, unless `verify` asks for digests.
 *
 * A layer whose bytes are damaged has a `problem` in its index. Throws ERR_LAYERS_READ and ERR_LAYERS_LIMIT.
 *
 * @param known layers that need not be read, since others with the same DiffID were: see `knownLayers`
 */
export async function readImage(
  archive: Archive,
  image: ImageDescription,
  options: ReadOptions = {},
  known: KnownLayers = new Map(),
): Promise<ReadImage> {
  const places = image.layers.map((layer) =>
    layer.member === null ? null : archive.members.layer(layer.member),
  );
  const tasks = new Map<string, LayerTask>();
  const reused = new Map<string, LayerIndex>();
  const limits = options.limits ?? DEFAULT_LIMITS;
  const usage = createUsage();
  const watch = watchProgress(options);
  image.layers.forEach((layer, position) => {
    const place = places[position];
    if (place?.from !== 'range' || tasks.has(layer.name) || reused.has(layer.name)) return;
    const index = isContested(layer, image.layers) ? null : knownIndex(layer, place, known);
    if (index !== null) reused.set(layer.name, index);
    else tasks.set(layer.name, { ...taskOf(archive, layer, place, options, watch.counter), limits, usage });
  });
  watch.start([...tasks.values()].reduce((sum, task) => sum + task.range.length, 0));
  const names = [...tasks.keys()];
  let results: LayerIndex[];
  try {
    results = await indexLayers([...tasks.values()], options);
  } finally {
    watch.stop();
  }
  const indexes = new Map([...reused, ...names.map((name, i) => [name, results[i]] as const)]);

  const algorithms = options.verify ? (['sha256'] as const) : [];
  const wishes = {
    storedDigests: algorithms,
    tarDigests: algorithms,
    fingerprintKey: archive.fingerprintKey,
  };
  const findings: Finding[] = [];
  const layers = image.layers.map((description, position): ReadLayer => {
    const place = places[position] ?? null;
    const index = indexOf(description, place, indexes, { ...wishes, limits, usage });
    const checks = index === null ? [] : compare(description, index, position);
    for (const check of checks) if (check !== true) findings.push(check);
    const verified = checks.length === 0 ? null : checks.every((check) => check === true);
    return { position, description, index, bytes: place, verified };
  });
  checkPositions(layers, limits);
  return { archive, description: image, layers, findings };
}

function indexOf(
  layer: LayerDescription,
  place: LayerBytes | null,
  indexes: ReadonlyMap<string, LayerIndex | undefined>,
  wishes: LayerReadOptions,
): LayerIndex | null {
  if (place?.from === 'stream') return place.index;
  if (place?.from === 'range') return indexes.get(layer.name) ?? null;
  if (layer.data === null) return null;
  return indexBytes(layer.data, wishes);
}

/** A layer that stands at many positions is read once, but merged at each. Throws ERR_LAYERS_LIMIT. */
function checkPositions(layers: readonly ReadLayer[], limits: Limits): void {
  const entries = layers.reduce((sum, { index }) => sum + (index?.changeset.count ?? 0), 0);
  if (entries > limits.entries) throw overLimit('entries', limits.entries);
}

function taskOf(
  archive: Archive,
  layer: LayerDescription,
  place: LayerBytes & { from: 'range' },
  options: ReadOptions,
  progress: BigInt64Array | null,
): LayerTask {
  const stored = layer.digest === null ? null : computableAlgorithmOf(layer.digest);
  const tar = layer.diffId === null ? null : computableAlgorithmOf(layer.diffId);
  return {
    range: place.range,
    compression: compressionOfRange(place.range),
    storedDigests: [stored ?? 'sha256'],
    tarDigests: [tar ?? 'sha256'],
    verifyRaw: options.verify ?? false,
    expectedDiffId: layer.diffId,
    checksum: options.verify || layer.diffId === null,
    fingerprintKey: archive.fingerprintKey,
    progress,
  };
}

/** Holds what was computed against what was claimed: `true` or a finding for each pair. */
function compare(layer: LayerDescription, index: LayerIndex, position: number): (true | Finding)[] {
  const checks: (true | Finding)[] = [];
  const pairs = [
    { code: 'digest-mismatch', what: 'digest', claim: layer.digest, computed: index.digests },
    { code: 'diff-id-mismatch', what: 'DiffID', claim: layer.diffId, computed: index.diffIds },
  ] as const;
  for (const { code, what, claim, computed } of pairs) {
    const fact = sameAlgorithm(claim, computed);
    if (fact === null) continue;
    const message = `layer ${position} has the ${what} ${fact}; ${claim} is claimed`;
    checks.push(fact === claim ? true : createFinding(code, message, { layer: position }));
  }
  return checks;
}

/** Of the computed digests the one that can be compared with the claim. */
export function sameAlgorithm(claim: Digest | null, computed: readonly Digest[]): Digest | null {
  if (claim === null) return null;
  const algorithm = computableAlgorithmOf(claim);
  return computed.find((digest) => digest.startsWith(`${algorithm}:`)) ?? null;
}

/** The layer's entries, none where its bytes are not there. */
export function changesetOf(layer: ReadLayer) {
  return layer.index?.changeset ?? new ChangesetIndexer().finish();
}

interface ProgressWatch {
  readonly counter: BigInt64Array | null;
  start(totalBytes: number): void;
  stop(): void;
}

const PROGRESS_MS = 100;

/** Looks now and then at what the threads have read. */
function watchProgress({ onProgress }: ReadOptions): ProgressWatch {
  if (onProgress === undefined) return { counter: null, start: () => undefined, stop: () => undefined };
  const counter = new BigInt64Array(new SharedArrayBuffer(8));
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    counter,
    start(totalBytes) {
      timer = setInterval(() => {
        onProgress({ doneBytes: Math.min(Number(Atomics.load(counter, 0)), totalBytes), totalBytes });
      }, PROGRESS_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
