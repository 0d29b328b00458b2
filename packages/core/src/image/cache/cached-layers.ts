import type { CompressedIndex } from '../../compression/indexed/compressed-index.js';
import { decodeIndex } from '../../compression/indexed/index-format.js';
import { computableAlgorithmOf, type Digest } from '../../digest/digest.js';
import type { LayerDescription } from '../describe/description.js';
import { digestSources } from '../layers/digest-sources.js';
import { findAccessPoints } from '../layers/find-access-points.js';
import type { LayerTask } from '../layers/index-layer.js';
import type { IndexOptions } from '../layers/index-layers.js';
import { LayerAccess } from '../layers/layer-access.js';
import type { LayerIndex } from '../layers/layer-index.js';
import type { Archive, ReadOptions } from '../open-archive.js';
import { countKept } from './count-kept.js';
import type { LayerCache } from './layer-cache.js';
import type { LayerPlace } from './layer-place.js';

/** What the cache contributes to reading one image, by the names of its layers. */
export class CachedLayers {
  readonly #cache: LayerCache | null;
  readonly #options: ReadOptions;
  readonly #places = new Map<string, LayerPlace>();
  readonly #found = new Set<string>();
  readonly #access = new Map<string, LayerAccess>();

  constructor({ fingerprintKey }: Pick<Archive, 'fingerprintKey'>, options: ReadOptions) {
    const { cache } = options;
    // Fingerprints under another key cannot be compared with those of the archive.
    const isOneKey = cache !== undefined && Buffer.compare(cache.fingerprintKey, fingerprintKey) === 0;
    this.#cache = isOneKey ? cache : null;
    this.#options = options;
  }

  /** Returns the index of a layer; null where it must be read. Throws ERR_LAYERS_LIMIT. */
  find(name: string, task: LayerTask): LayerIndex | null {
    const { index, place } = this.#cache?.find(task) ?? { index: null, place: null };
    if (place !== null) this.#places.set(name, place);
    if (index === null) return null;
    countKept(index, task);
    this.#found.add(name);
    this.#open(name, task, index);
    return index;
  }

  /**
   * Finds the indexes of layers that stand at another place than before: a digest of their bytes takes a fraction of the time of
   * reading them. Returns them by name. Throws ERR_LAYERS_LIMIT, and the reason of the signal.
   *
   * @param layers what is declared about them
   */
  async findByDigest(
    tasks: ReadonlyMap<string, LayerTask>,
    layers: readonly LayerDescription[],
  ): Promise<ReadonlyMap<string, LayerIndex>> {
    const found = new Map<string, LayerIndex>();
    const cache = this.#cache;
    if (cache === null) return found;
    const declared = new Map(layers.map(({ name, digest }) => [name, digest]));
    const candidates = [...tasks].flatMap(([name, task]) => {
      const digest = this.#places.has(name) ? (declared.get(name) ?? null) : null;
      const algorithm = digest === null ? null : computableAlgorithmOf(digest);
      if (digest === null || algorithm === null || !cache.hasIndexOf(digest)) return [];
      return [{ name, task, digest, source: task.source, algorithms: [algorithm] }];
    });
    if (candidates.length === 0) return found;
    const computed = await digestSources(candidates, this.#options);
    for (const [i, { name, task, digest }] of candidates.entries()) {
      const index = computed[i]?.includes(digest) === true ? cache.indexOf(digest, task) : null;
      if (index === null) continue;
      countKept(index, task);
      const place = this.#places.get(name);
      if (place !== undefined) cache.keepPlace(place, digest);
      this.#open(name, task, index);
      found.set(name, index);
    }
    return found;
  }

  /** Prepares reads in the middle of a layer whose index is that of another blob with the same tar. */
  reuse(name: string, task: LayerTask): void {
    const { source, compression } = task;
    if (compression !== 'gzip' && compression !== 'zstd') return;
    const load = (): CompressedIndex | null => {
      const [digest] = this.#cache?.find(task).index?.digests ?? [];
      return digest === undefined ? null : this.#knownPoints(digest);
    };
    const { threads } = this.#options;
    const build = async (): Promise<CompressedIndex | null> => {
      const points = await findAccessPoints(source, compression, { threads });
      return points === null ? null : decodeIndex(points);
    };
    this.#access.set(name, new LayerAccess(source, { load, build }));
  }

  /** Whether the index of a layer comes from the cache, and the digest of its bytes was not computed. */
  has(name: string): boolean {
    return this.#found.has(name);
  }

  /** Keeps what was read of a layer. */
  keep(name: string, task: LayerTask, index: LayerIndex): void {
    const place = this.#places.get(name);
    if (place !== undefined) this.#cache?.keep(place, task, index);
    this.#open(name, task, index);
  }

  /** Ends reading: removes what is too much. */
  settle(): void {
    this.#cache?.settle();
  }

  /** Returns how a layer can be read in the middle. */
  access(name: string): LayerAccess | undefined {
    return this.#access.get(name);
  }

  #knownPoints(digest: Digest): CompressedIndex | null {
    return (this.#cache ?? this.#options.points)?.points(digest) ?? null;
  }

  #open(
    name: string,
    { source, compression }: LayerTask,
    { accessPoints, digests, problem }: LayerIndex,
  ): void {
    if (problem !== null || (compression !== 'gzip' && compression !== 'zstd')) return;
    if (accessPoints !== null) {
      this.#access.set(name, new LayerAccess(source, { load: () => decodeIndex(accessPoints) }));
      return;
    }
    const cache = this.#cache;
    const place = this.#places.get(name);
    const [digest] = digests;
    const isKept = cache !== null && place !== undefined && digest !== undefined;
    const find = async (options: IndexOptions) => {
      const points = await findAccessPoints(source, compression, options);
      if (points === null) return null;
      if (isKept) {
        cache.keepPoints(digest, points);
        cache.settle();
      }
      return decodeIndex(points);
    };
    const { threads } = this.#options;
    const access = new LayerAccess(
      source,
      isKept
        ? {
            load: () => cache.points(digest),
            build: () => find(this.#options),
            isKept,
            onChanged: () => cache.forget(place),
          }
        : // The signal was that of the read of the layers, which may have ended long ago.
          {
            load: () => (digest === undefined ? null : this.#knownPoints(digest)),
            build: () => find({ threads }),
          },
    );
    this.#access.set(name, access);
  }
}
