import type { Digest } from '@layers/core/digest';
import { familiarReference, isImageId, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { choosePlatform } from '../images/choose-platform.js';
import type { DocumentReader } from '../images/document-reader.js';
import { digestMatches, matchImages } from '../images/find-image.js';
import { ImageTable } from '../images/image-table.js';
import { type IndexedImage, indexedImages } from '../images/list-images.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { Store, StoreOptions } from '../layout/store.js';

/** A tag, an image or a blob that `removeImages` removed. */
export type Removal =
  | { readonly kind: 'untagged'; readonly ref: string }
  /** `id` is the digest of the config, docker's image id; null if the manifest cannot be read. */
  | { readonly kind: 'image'; readonly id: Digest | null; readonly manifestDigest: Digest }
  /** A blob that no other image needs. */
  | {
      readonly kind: 'blob';
      readonly what: 'manifest' | 'config' | 'layer' | 'other';
      readonly digest: Digest;
      readonly sizeBytes: number;
    };

/** How `removeImages` treats images with several names or platforms. */
export interface RemoveOptions extends StoreOptions {
  /** Remove an image by its id although it has several names. */
  readonly force?: boolean | undefined;
  /** `os/arch[/variant]`: which platform of an image to remove. */
  readonly platform?: string | undefined;
  /**
   * Called for each name or id that cannot be removed. The others are removed. Without this function, either all are removed
   * or none.
   */
  readonly onFailure?: ((ref: string, error: LayersError) => void) | undefined;
}

/** The entries that an index keeps, and those that are removed. */
export interface PlannedRemovals {
  readonly entries: readonly IndexEntry[];
  readonly removed: readonly IndexEntry[];
  /** The removed tags and images. Blobs are known once they are deleted. */
  readonly removals: readonly Removal[];
  /** The names and ids that cannot be removed, and why. */
  readonly failures: ReadonlyMap<string, LayersError>;
}

/** Decides which entries to remove for names and ids, one after the other. Throws as `removeImages` does. */
export function planRemovals(
  store: Store,
  entries: readonly IndexEntry[],
  refs: readonly string[],
  options: RemoveOptions,
  documents: DocumentReader,
): PlannedRemovals {
  const plan = new RemovalPlan(entries, indexedImages(store, { entries }, documents));
  const failures = new Map<string, LayersError>();
  for (const ref of new Set(refs)) {
    try {
      plan.remove(ref, options);
    } catch (error) {
      if (options.onFailure === undefined || !isLayersError(error)) throw error;
      failures.set(ref, error);
    }
  }
  return { ...plan.result(), failures };
}

/** The images and entries that are left. Finding and removing a name does not look at the others. */
class RemovalPlan {
  readonly #entries: readonly IndexEntry[];
  readonly #table: ImageTable;
  readonly #positions: ReadonlyMap<IndexEntry, number>;
  readonly #byName = new Map<string, IndexEntry[]>();
  readonly #imagesOf = new Map<IndexEntry, IndexedImage[]>();
  /** How many entries still lead to an image. */
  readonly #left = new Map<IndexedImage, number>();
  readonly #removed = new Set<IndexEntry>();
  readonly #removals: Removal[] = [];

  constructor(entries: readonly IndexEntry[], images: readonly IndexedImage[]) {
    this.#entries = entries;
    this.#table = new ImageTable(images);
    this.#positions = new Map(entries.map((entry, position) => [entry, position]));
    for (const entry of entries) if (entry.name !== null) addTo(this.#byName, entry.name, entry);
    for (const image of images) {
      this.#left.set(image, image.entries.size);
      for (const entry of image.entries) addTo(this.#imagesOf, entry, image);
    }
  }

  remove(ref: string, options: RemoveOptions): void {
    const chosen = this.#entriesOf(ref, options);
    for (const name of namesOf(chosen)) this.#removals.push({ kind: 'untagged', ref: name });
    for (const entry of chosen) {
      this.#removed.add(entry);
      for (const indexed of this.#imagesOf.get(entry) ?? []) {
        const left = (this.#left.get(indexed) ?? 0) - 1;
        this.#left.set(indexed, left);
        const { id, manifestDigest } = indexed.image;
        if (left === 0) this.#removals.push({ kind: 'image', id, manifestDigest });
      }
    }
  }

  result(): Omit<PlannedRemovals, 'failures'> {
    return {
      entries:
        this.#removed.size === 0 ? this.#entries : this.#entries.filter((entry) => !this.#removed.has(entry)),
      removed: this.#entries.filter((entry) => this.#removed.has(entry)),
      removals: this.#removals,
    };
  }

  /** Returns the entries to remove for a name or an id, each once. */
  #entriesOf(ref: string, { force = false, platform }: RemoveOptions): readonly IndexEntry[] {
    const named = this.#namedEntries(ref);
    if (named.length > 0 && platform === undefined) return named;
    const candidates = this.#table.candidates(ref);
    const { image } = choosePlatform(matchImages(this.#remaining(candidates), ref), ref, platform);
    const remaining = this.#remainingEntries([
      ...candidates,
      ...(image.id === null ? [] : this.#table.candidates(image.id)),
      ...this.#table.candidates(image.manifestDigest),
    ]);
    const direct =
      named.length > 0 ? [] : remaining.filter(({ descriptor }) => digestMatches(descriptor.digest, ref));
    const chosen =
      direct.length > 0 && platform === undefined
        ? direct
        : (named.length > 0 ? named : remaining).filter((entry) =>
            this.#imagesOf.get(entry)?.some((other) => isSame(other, image.id, image.manifestDigest)),
          );
    if (!force) this.#refuseSeveral(chosen, ref, direct.length > 0);
    return chosen;
  }

  #namedEntries(ref: string): readonly IndexEntry[] {
    if (isImageId(ref)) return [];
    const exact = this.#remainingWith(ref);
    const reference = tryParseReference(ref);
    if (exact.length > 0 || reference === undefined || reference.digest !== undefined) return exact;
    return this.#remainingWith(familiarReference(withDefaultTag(reference)));
  }

  #remainingWith(name: string): readonly IndexEntry[] {
    return (this.#byName.get(name) ?? []).filter((entry) => !this.#removed.has(entry));
  }

  /** Returns the entries that are left of images, in the order of the index. */
  #remainingEntries(images: readonly IndexedImage[]): readonly IndexEntry[] {
    const positionOf = (entry: IndexEntry): number => this.#positions.get(entry) ?? 0;
    return [...new Set(images.flatMap(({ entries }) => [...entries]))]
      .filter((entry) => !this.#removed.has(entry))
      .sort((a, b) => positionOf(a) - positionOf(b));
  }

  /** Returns the images that are left of some, with the names that are left. */
  #remaining(images: readonly IndexedImage[]): readonly IndexedImage[] {
    if (this.#removed.size === 0) return images;
    return images.flatMap((indexed) => {
      const left = this.#left.get(indexed) ?? 0;
      if (left === 0) return [];
      if (left === indexed.entries.size) return [indexed];
      const entries = new Set([...indexed.entries].filter((entry) => !this.#removed.has(entry)));
      return [{ ...indexed, entries, image: { ...indexed.image, refs: namesOf(entries) } }];
    });
  }

  /** Throws if entries have several names, or one of several platforms without its index. */
  #refuseSeveral(chosen: readonly IndexEntry[], ref: string, isWholeIndex: boolean): void {
    const names = namesOf(chosen);
    if (names.length > 1) {
      throw new LayersError(
        'ERR_LAYERS_IMAGE_REFERENCED',
        `${JSON.stringify(ref)} has several names: ${names.join(', ')}`,
        {
          hint: 'remove it by each of its names, or use the option force to remove all of them',
        },
      );
    }
    const hasOthers = chosen.some((entry) => (this.#imagesOf.get(entry)?.length ?? 0) > 1);
    if (!isWholeIndex && hasOthers) {
      throw new LayersError(
        'ERR_LAYERS_IMAGE_REFERENCED',
        `${JSON.stringify(ref)} is one of several platforms${names.length === 0 ? '' : ` of ${names.join(', ')}`}`,
        { hint: 'remove the image for all platforms by its name, or use the option force' },
      );
    }
  }
}

/** Whether two manifests describe one image: they have the same id. */
function isSame({ image }: IndexedImage, id: Digest | null, manifestDigest: Digest): boolean {
  return image.manifestDigest === manifestDigest || (id !== null && image.id === id);
}

function addTo<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function namesOf(entries: Iterable<IndexEntry>): readonly string[] {
  return [...new Set([...entries].flatMap((entry) => entry.name ?? []))].sort();
}
