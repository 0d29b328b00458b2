import { createHash, type Hash } from 'node:crypto';
import { createContentReader, layerTars, type ReadImage, readContent } from '@layers/core/image';
import type { PackageOwner } from './package-owner.js';

/** A content, and the algorithms of the digests to compute. */
export interface HashedContent {
  readonly layer: number;
  readonly entry: number;
  readonly algorithms: readonly PackageOwner['algorithm'][];
}

/**
 * Computes digests of contents, in hexadecimal digits, by algorithm. Decompresses each layer once. An algorithm that the
 * machine forbids has no digest. Throws as `readContent` does.
 */
export async function hashContents(
  image: ReadImage,
  contents: readonly HashedContent[],
): Promise<Map<HashedContent, ReadonlyMap<string, string>>> {
  const results = new Map<HashedContent, ReadonlyMap<string, string>>();
  const wanted = new Map<number, Map<number, HashedContent>>();
  for (const content of contents) {
    const ofLayer = wanted.get(content.layer) ?? new Map<number, HashedContent>();
    wanted.set(content.layer, ofLayer.set(content.entry, content));
  }
  const passing = image.layers.filter(
    ({ position, bytes, index }) =>
      wanted.has(position) && (bytes?.from !== 'source' || index?.compression !== null),
  );
  for (const { position } of image.layers.filter((layer) => !passing.includes(layer))) {
    for (const content of wanted.get(position)?.values() ?? []) {
      const hashes = hashesOf(content);
      for await (const bytes of readContent(image, position, content.entry)) update(hashes, bytes);
      results.set(content, digestsOf(hashes));
    }
  }
  for await (const { layer, tar } of layerTars(image, passing)) {
    const ofLayer = wanted.get(layer.position);
    const reader = createContentReader(
      (entry) => ofLayer?.has(entry) === true,
      (entry) => {
        const content = ofLayer?.get(entry);
        const hashes = content === undefined ? new Map<string, Hash>() : hashesOf(content);
        return {
          write: (bytes) => update(hashes, bytes),
          end() {
            if (content !== undefined) results.set(content, digestsOf(hashes));
          },
        };
      },
    );
    for await (const chunk of tar) reader.write(chunk);
    reader.end();
  }
  return results;
}

function hashesOf({ algorithms }: HashedContent): Map<string, Hash> {
  const hashes = new Map<string, Hash>();
  for (const algorithm of new Set(algorithms)) {
    try {
      hashes.set(algorithm, createHash(algorithm));
    } catch {
      // A machine in FIPS mode has no MD5: the file then counts as changed.
    }
  }
  return hashes;
}

function update(hashes: ReadonlyMap<string, Hash>, bytes: Uint8Array): void {
  for (const hash of hashes.values()) hash.update(bytes);
}

function digestsOf(hashes: ReadonlyMap<string, Hash>): Map<string, string> {
  return new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest('hex')]));
}
