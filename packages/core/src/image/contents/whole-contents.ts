import { changesetOf, type ReadImage } from '../read-image.js';
import type { ContentPlace } from './compare-contents.js';
import { contentPieces, createContentReader, hasContents, readContent, tarForContents } from './content.js';
import { layerTar } from './layer-bytes.js';

/**
 * Reads small contents into memory, in the order of `places`. Decompresses each layer once, up to the last content.
 * The caller limits their total size. Throws as `readContent` does.
 */
export async function readWholeContents(
  image: ReadImage,
  places: readonly ContentPlace[],
): Promise<Uint8Array[]> {
  const found = new Map<string, Uint8Array>();
  for (const layer of image.layers) {
    const entries = new Set(
      places.filter((place) => place.layer === layer.position).map(({ entry }) => entry),
    );
    if (entries.size === 0) continue;
    const { size } = changesetOf(layer);
    const whole = (entry: number): Filling => {
      const bytes = new Uint8Array(size[entry] ?? 0);
      found.set(keyOf({ layer: layer.position, entry }), bytes);
      return createFilling(bytes);
    };
    const sorted = [...entries].sort((a, b) => a - b);
    if (hasContents(layer)) {
      for (const entry of sorted) {
        const filling = whole(entry);
        for await (const piece of readContent(image, layer.position, entry)) filling.write(piece);
      }
      continue;
    }
    const last = sorted.at(-1) ?? 0;
    const tar = await tarForContents(layer, sorted);
    if (tar !== null) {
      const source = tar.open();
      try {
        // In the order in which they are stored: neighbours may be decompressed together.
        for (const entry of sorted) {
          const filling = whole(entry);
          for (const piece of contentPieces(layer, source, entry)) filling.write(piece);
        }
      } finally {
        source.close();
      }
      continue;
    }
    let done = changesetOf(layer).count <= last;
    const reader = createContentReader(
      (entry) => entries.has(entry),
      (entry) => {
        const filling = whole(entry);
        return {
          ...filling,
          end() {
            done ||= entry === last;
          },
        };
      },
    );
    for await (const chunk of layerTar(image, layer)) {
      reader.write(chunk);
      if (done) break;
    }
    if (!done) reader.end();
  }
  return places.map((place) => found.get(keyOf(place)) ?? new Uint8Array(0));
}

interface Filling {
  write(bytes: Uint8Array): void;
  hole(bytes: number): void;
}

/** Fills a buffer in order. Holes need no writes, because the buffer starts as zeros. */
function createFilling(whole: Uint8Array): Filling {
  let position = 0;
  return {
    write(bytes) {
      whole.set(bytes, position);
      position += bytes.length;
    },
    hole(bytes) {
      position += bytes;
    },
  };
}

function keyOf({ layer, entry }: ContentPlace): string {
  return `${layer} ${entry}`;
}
