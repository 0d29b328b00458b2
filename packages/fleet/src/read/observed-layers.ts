import { changesetOf, type LayerDescription, type LayerObserver, type ReadLayer } from '@layers/core/image';
import type { Changeset } from '@layers/core/rootfs';
import { type KeptPackageFiles, PackageFilesObserver } from '@layers/insight/packages';
import { type HashedLayer, LayerHasher } from './layer-hasher.js';
import type { OpenSampler } from './zstd-sample.js';

export interface ObservedLayersOptions {
  /** Whether the contents of a layer are known. */
  readonly isKnown: (layer: LayerDescription) => boolean;
  readonly chunksOneIn: number | null;
  readonly openSampler: OpenSampler;
}

interface Observed {
  /** Null where the contents are known. */
  readonly hasher: LayerHasher | null;
  readonly packages: PackageFilesObserver;
}

/** Takes all that is wanted of layers while `readImage` decompresses them. */
export class ObservedLayers {
  readonly #options: ObservedLayersOptions;
  readonly #observed = new Map<string, Observed>();

  constructor(options: ObservedLayersOptions) {
    this.#options = options;
  }

  observe(layer: LayerDescription): LayerObserver {
    const { isKnown, chunksOneIn, openSampler } = this.#options;
    // readImage computes the digest that is declared, or else SHA-256.
    const hashesTar = layer.diffId !== null && !layer.diffId.startsWith('sha256:');
    const hasher = isKnown(layer)
      ? null
      : new LayerHasher({ chunksOneIn, sampler: openSampler(), hashesTar });
    const packages = new PackageFilesObserver();
    this.#observed.get(layer.name)?.packages.close();
    this.#observed.set(layer.name, { hasher, packages });
    return {
      onTar: (bytes) => hasher?.onTar(bytes),
      openContent(entry, file) {
        const hashing = hasher?.openContent(entry, file.size, file.storedSize) ?? null;
        const keeping = packages.openContent(entry, file);
        if (hashing === null || keeping === null) return hashing ?? keeping;
        return {
          write(bytes) {
            hashing.write(bytes);
            keeping.write(bytes);
          },
          end() {
            hashing.end();
            keeping.end();
          },
        };
      },
    };
  }

  /** Returns the digests in a layer that passed completely; null where it must be read for them. */
  hashed(layer: ReadLayer): HashedLayer | null {
    const hasher = this.#of(layer)?.hasher ?? null;
    return hasher?.end(changesetOf(layer)) ?? null;
  }

  /** Remembers the files of packages in a layer that passed. */
  keepPackageFiles(layer: ReadLayer, kept: WeakMap<Changeset, KeptPackageFiles>): void {
    const packages = this.#of(layer)?.packages;
    if (packages !== undefined) kept.set(changesetOf(layer), packages.end());
  }

  /** Removes temporary files. */
  close(): void {
    for (const { packages } of this.#observed.values()) packages.close();
  }

  #of({ description, index }: ReadLayer): Observed | undefined {
    return index === null || index.problem !== null ? undefined : this.#observed.get(description.name);
  }
}
