import { hexOf } from '@layers/core/digest';
import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { IndexedImage } from './list-images.js';

interface HexKey {
  readonly hex: string;
  readonly position: number;
}

/** The images of an index by names and digests, so that a query looks only at the images that it can match. */
export class ImageTable {
  readonly #images: readonly IndexedImage[];
  readonly #byName = new Map<string, number[]>();
  /** Sorted, so that all digests with one start are adjacent. */
  readonly #byHex: readonly HexKey[];

  constructor(images: readonly IndexedImage[]) {
    this.#images = images;
    const keys: HexKey[] = [];
    for (const [position, { image }] of images.entries()) {
      const { id, manifestDigest, indexDigests, refs } = image;
      for (const name of refs) {
        const known = this.#byName.get(name);
        if (known === undefined) this.#byName.set(name, [position]);
        else known.push(position);
      }
      const digests = new Set([...(id === null ? [] : [id]), manifestDigest, ...indexDigests]);
      for (const digest of digests) keys.push({ hex: hexOf(digest), position });
    }
    this.#byHex = keys.sort((a, b) => (a.hex < b.hex ? -1 : a.hex > b.hex ? 1 : 0));
  }

  /** Returns the images that a query can match by `matchImages`, in the order of the index. */
  candidates(ref: string): readonly IndexedImage[] {
    const found = new Set<number>();
    const reference = tryParseReference(ref);
    const digest = reference?.digest;
    const names =
      reference === undefined || digest !== undefined
        ? [ref]
        : [ref, familiarReference(withDefaultTag(reference))];
    for (const name of names) for (const position of this.#byName.get(name) ?? []) found.add(position);
    const start =
      digest === undefined ? /^(?:sha(?:256|512):)?([a-f0-9]{1,128})$/.exec(ref)?.[1] : hexOf(digest);
    if (start !== undefined) for (const position of this.#withHex(start)) found.add(position);
    return [...found].sort((a, b) => a - b).flatMap((position) => this.#images[position] ?? []);
  }

  *#withHex(start: string): Generator<number> {
    let low = 0;
    let high = this.#byHex.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#byHex[middle]?.hex ?? '') < start) low = middle + 1;
      else high = middle;
    }
    for (let at = low; this.#byHex[at]?.hex.startsWith(start); at++) yield this.#byHex[at]?.position ?? 0;
  }
}
