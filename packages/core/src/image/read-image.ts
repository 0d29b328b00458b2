import { computableAlgorithmOf } from '../digest/digest.js';
import { createFinding, type Finding, withPlace } from '../findings/finding.js';
import { compressionOfMediaType, isTarType, otherLayerKind } from '../oci/media-types.js';
import { ChangesetIndexer } from '../rootfs/changeset-indexer.js';
import { createUsage, DEFAULT_LIMITS, type Limits, overLimit, type Usage } from '../rootfs/limits.js';
import type { LayerBytes } from './archive/archive-reader.js';
import { CachedLayers } from './cache/cached-layers.js';
import { compareDigests } from './compare-digests.js';
import type { ImageDescription, LayerDescription } from './describe/description.js';
import { isContested, type KnownLayers, knownIndex } from './known-layers.js';
import { compressionOf, type LayerTask } from './layers/index-layer.js';
import { indexLayers } from './layers/index-layers.js';
import type { LayerAccess } from './layers/layer-access.js';
import { isNotTar, isUnread, type LayerIndex } from './layers/layer-index.js';
import type { LayerObserver } from './layers/layer-observer.js';
import { indexBytes, type LayerReadOptions } from './layers/layer-sink.js';
import type { Archive, ReadOptions } from './open-archive.js';
import { watchProgress } from './read-progress.js';
import { upToLayer } from './up-to-layer.js';

/** A layer that has been read: what is declared about it, and what was computed from its bytes. */
export interface ReadLayer {
  readonly position: number;
  readonly description: LayerDescription;
  /** Null where the archive lacks its bytes. */
  readonly index: LayerIndex | null;
  /** Where its bytes are; null where the archive lacks them. */
  readonly bytes: LayerBytes | null;
  /** Whether the computed digests are the declared ones; null where none were computed by this run. */
  readonly verified: boolean | null;
  /** Whether its index comes from the cache: the digests in it were computed by an earlier run. */
  readonly isKept?: boolean | undefined;
  /** How to read a compressed layer in the middle; absent where that is not possible. */
  readonly access?: LayerAccess | undefined;
}

/** An image whose layers have been read. */
export interface ReadImage {
  readonly archive: Archive;
  readonly description: ImageDescription;
  readonly layers: readonly ReadLayer[];
  readonly findings: readonly Finding[];
}

export interface ReadImageOptions extends ReadOptions {
  /** Called with the image up to a layer, as soon as that and all below it are read; never with the whole image. */
  readonly onLayers?: ((image: ReadImage) => void) | undefined;
  /** Computes fingerprints of the contents of compressed layers, to compare them. Default: true. */
  readonly fingerprints?: boolean | undefined;
  /**
   * Observes a compressed layer that is read from a file: not one that is known, is in the cache, or comes from a stream.
   * Called again where a layer is read from its start once more.
   */
  readonly observe?: ((layer: LayerDescription) => LayerObserver) | undefined;
}

/**
 * Reads the layers of an image, each blob once, however many positions it has. Reads compressed layers completely and
 * computes their digests; reads only the headers of uncompressed ones, unless `verify` is set.
 *
 * A damaged layer has a `problem` in its index, no entries, and a finding. Throws ERR_LAYERS_READ and ERR_LAYERS_LIMIT.
 *
 * @param known indexes to use for layers with the same DiffID, instead of reading them; see `knownLayers`
 */
export async function readImage(
  archive: Archive,
  image: ImageDescription,
  options: ReadImageOptions = {},
  known: KnownLayers = new Map(),
): Promise<ReadImage> {
  const locations = image.layers.map((layer) =>
    layer.file === null ? null : archive.reader.layer(layer.file),
  );
  const tasks = new Map<string, LayerTask>();
  const reused = new Map<string, LayerIndex>();
  const cached = new CachedLayers(archive, options);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const usage = createUsage();
  const watch = watchProgress(options);
  image.layers.forEach((layer, position) => {
    const location = locations[position];
    if (location?.from !== 'source' || tasks.has(layer.name) || reused.has(layer.name)) return;
    const index = isContested(layer, image.layers) ? null : knownIndex(layer, location, known);
    const task = { ...taskOf(archive, layer, location, options, watch.counter), limits, usage };
    if (index !== null) {
      reused.set(layer.name, index);
      cached.reuse(layer.name, task);
      return;
    }
    const kept = cached.find(layer.name, task);
    if (kept === null) tasks.set(layer.name, task);
    else reused.set(layer.name, kept);
  });
  for (const [name, index] of await cached.findByDigest(tasks, image.layers)) {
    tasks.delete(name);
    reused.set(name, index);
  }
  watch.start([...tasks.values()].reduce((sum, task) => sum + task.source.size, 0));
  const indexes = new Map<string, LayerIndex>(reused);
  const { onLayers } = options;
  const names = new Map([...tasks].map(([name, task]) => [task, name]));
  const keep = (task: LayerTask, index: LayerIndex): void => {
    const name = names.get(task) ?? '';
    if (indexes.has(name)) return;
    indexes.set(name, index);
    cached.keep(name, task, index);
  };
  const isRead = ({ name }: LayerDescription, position: number): boolean =>
    locations[position]?.from !== 'source' || indexes.has(name);
  let lowest = 0;
  const handOver = (task: LayerTask, index: LayerIndex): void => {
    keep(task, index);
    const unread = image.layers.findIndex((layer, position) => !isRead(layer, position));
    if (unread <= lowest) return;
    lowest = unread;
    const part = upToLayer(image, unread - 1);
    onLayers?.(
      assembleImage({ archive, image: part, locations, indexes, cached, options, usage: createUsage() }),
    );
  };
  const toRead = [...tasks.values()];
  try {
    const read = await indexLayers(toRead, options, onLayers === undefined ? undefined : handOver);
    for (const [i, index] of read.entries()) {
      const task = toRead[i];
      if (task !== undefined) keep(task, index);
    }
  } finally {
    watch.stop();
  }
  cached.settle();
  return assembleImage({ archive, image, locations, indexes, cached, options, usage });
}

interface ImageParts {
  readonly archive: Archive;
  readonly image: ImageDescription;
  /** The bytes of each layer. */
  readonly locations: readonly (LayerBytes | null)[];
  /** The indexes of layers that were read from a source, by name. */
  readonly indexes: ReadonlyMap<string, LayerIndex>;
  readonly cached: CachedLayers;
  readonly options: ReadOptions;
  readonly usage: Usage;
}

/** Joins what is declared about the layers with what their bytes are. */
function assembleImage({
  archive,
  image,
  locations,
  indexes,
  cached,
  options,
  usage,
}: ImageParts): ReadImage {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const algorithms = options.verify ? (['sha256'] as const) : [];
  const layerOptions = {
    storedDigests: algorithms,
    tarDigests: algorithms,
    fingerprintKey: archive.fingerprintKey,
  };
  const findings: Finding[] = [];
  if (image.layers.length > MAX_DOCKER_LAYERS && image.artifact === undefined) {
    const message = `the image has ${image.layers.length} layers; Docker refuses more than ${MAX_DOCKER_LAYERS}`;
    findings.push(createFinding('too-many-layers', message));
  }
  const layers = image.layers.map((description, position): ReadLayer => {
    const bytes = locations[position] ?? null;
    const found = indexOf(description, bytes, indexes, { ...layerOptions, limits, usage });
    const index = understood(description, found, image.artifact !== undefined);
    const unread = image.artifact === undefined ? unreadFinding(index, position) : null;
    if (unread !== null) findings.push(unread);
    const contradiction = index === null ? null : contradictionOf(description, index);
    if (contradiction !== null) {
      const message = `layer ${position} ${contradiction}`;
      findings.push(createFinding('media-type-mismatch', message, { layer: position }));
    }
    for (const finding of index?.problem === null ? index.tocFindings : [])
      findings.push(withPlace(finding, { layer: position }));
    const checks = index === null ? [] : compareDigests(description, index, position);
    for (const check of checks) if (check !== true) findings.push(check);
    const isCorrect = checks.length === 0 ? null : checks.every((check) => check === true);
    const isKept = cached.has(description.name) || (bytes?.from === 'stream' && bytes.isKept === true);
    // The right bytes are no proof of files that cannot be read. A cache is no proof of bytes, but a wrong digest stays wrong.
    const isUnsure = (index !== null && index.problem !== null) || isKept;
    const verified = isCorrect === true && isUnsure ? null : isCorrect;
    return {
      position,
      description,
      index,
      bytes,
      verified,
      access: cached.access(description.name),
      isKept,
    };
  });
  checkPositions(layers, limits);
  return { archive, description: image, layers, findings };
}

function indexOf(
  layer: LayerDescription,
  bytes: LayerBytes | null,
  indexes: ReadonlyMap<string, LayerIndex>,
  options: LayerReadOptions,
): LayerIndex | null {
  if (bytes?.from === 'stream') return bytes.index;
  if (bytes?.from === 'source') return indexes.get(layer.name) ?? null;
  if (layer.data === null) return null;
  return indexBytes(layer.data, options);
}

/** Returns the finding about a layer whose files are not known; null for any other layer. */
function unreadFinding(index: LayerIndex | null, position: number): Finding | null {
  if (index === null || index.problem === null || !isUnread(index)) return null;
  const { message, offset } = index.problem;
  if (isNotTar(index)) {
    const text = `layer ${position} is ${message}; its files are not shown`;
    return createFinding('layer-not-a-tar', text, { layer: position });
  }
  const at = offset === null ? {} : { offset };
  const text = `layer ${position} is unreadable: ${message}; its files are not shown`;
  return createFinding('layer-unreadable', text, { layer: position, ...at });
}

/**
 * Returns the index of a layer without entries and DiffIDs where its media type is not that of a tar: whatever its bytes
 * resemble, no runtime reads them as a tar. So too for a layer of an artifact that is no tar.
 */
function understood(
  { mediaType }: LayerDescription,
  index: LayerIndex | null,
  isArtifact: boolean,
): LayerIndex | null {
  if (index === null) return index;
  if (mediaType === null) return withoutPart(index);
  // The layers of an artifact may be anything, so that they are not damaged.
  if (isTarType(mediaType) && (!isArtifact || index.problem === null)) return withoutPart(index);
  const kind = otherLayerKind(mediaType);
  const what = kind === null ? 'not a tar' : `not a tar, but ${kind}`;
  return {
    ...index,
    changeset: new ChangesetIndexer().finish(),
    diffIds: [],
    problem: {
      code: 'ERR_LAYERS_NOT_A_TAR',
      message: `${what}: its media type is ${mediaType.slice(0, MAX_SHOWN)}`,
      hint: null,
      offset: null,
    },
  };
}

/** Drops the entries before a fault: whether one of them is in the image depends on those after it. */
function withoutPart(index: LayerIndex): LayerIndex {
  return isUnread(index) ? { ...index, changeset: new ChangesetIndexer().finish() } : index;
}

const MAX_SHOWN = 150;

/** The largest number of layers that Docker loads. */
const MAX_DOCKER_LAYERS = 125;

/** Returns how the media type of a layer contradicts its content, and which programs refuse it; null where it does not. */
function contradictionOf({ mediaType }: LayerDescription, index: LayerIndex): string | null {
  const declared = mediaType === null ? undefined : compressionOfMediaType(mediaType);
  const found = index.compression ?? 'none';
  if (declared === undefined || declared === found || index.storedBytes === 0) return null;
  // The content of a damaged layer is unknown.
  if (found === 'none' && index.problem !== null) return null;
  const content = found === 'none' ? 'not compressed' : `compressed with ${found}`;
  const refusing = declared === 'none' ? 'containerd and umoci refuse' : 'umoci refuses';
  return `is ${content}, but has the media type ${mediaType}; ${refusing} it`;
}

/** Checks the limits again: a layer with many positions is read once, but merged at each. Throws ERR_LAYERS_LIMIT. */
function checkPositions(layers: readonly ReadLayer[], limits: Limits): void {
  const entries = layers.reduce((sum, { index }) => sum + (index?.changeset.count ?? 0), 0);
  if (entries > limits.entries) throw overLimit('entries', limits.entries);
}

function taskOf(
  archive: Archive,
  layer: LayerDescription,
  bytes: LayerBytes & { from: 'source' },
  options: ReadImageOptions,
  progress: BigInt64Array | null,
): LayerTask {
  const stored = layer.digest === null ? null : computableAlgorithmOf(layer.digest);
  const tar = layer.diffId === null ? null : computableAlgorithmOf(layer.diffId);
  const { observe } = options;
  return {
    source: bytes.source,
    compression: compressionOf(bytes.source),
    storedDigests: [stored ?? 'sha256'],
    tarDigests: [tar ?? 'sha256'],
    verifyRaw: options.verify ?? false,
    expectedDiffId: layer.diffId,
    checksum: options.verify || options.checksums || layer.diffId === null,
    fingerprintKey: options.fingerprints === false ? null : archive.fingerprintKey,
    progress,
    accessPoints: options.accessPoints ?? false,
    observe: observe === undefined ? undefined : () => observe(layer),
  };
}

/** Returns the entries of a layer; an empty changeset where the archive lacks its bytes. */
export function changesetOf(layer: ReadLayer) {
  return layer.index?.changeset ?? new ChangesetIndexer().finish();
}
