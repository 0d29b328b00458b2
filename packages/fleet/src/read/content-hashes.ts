import {
  changesetOf,
  createContentReader,
  layerTars,
  type ReadImage,
  type ReadLayer,
} from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import { Kind, storedSizeOf } from '@layers/core/rootfs';
import { type HashedLayer, LayerHasher } from './layer-hasher.js';
import type { OpenSampler } from './zstd-sample.js';

export interface HashOptions {
  /** Of how many chunks of contents one is kept; null to find no chunks. */
  readonly chunksOneIn: number | null;
  readonly openSampler: OpenSampler;
  readonly signal?: AbortSignal | undefined;
}

/** Computes the digests of the contents of layers, and of their chunks, in one pass over each. Throws as `readContent` does. */
export async function hashContents(
  image: ReadImage,
  layers: readonly ReadLayer[],
  { chunksOneIn, openSampler, signal }: HashOptions,
): Promise<ReadonlyMap<ReadLayer, HashedLayer>> {
  const hashed = new Map<ReadLayer, HashedLayer>();
  const yielder = new Yielder({ signal });
  for await (const { layer, tar } of layerTars(image, layers)) {
    const changeset = changesetOf(layer);
    const hasher = new LayerHasher({ chunksOneIn, sampler: openSampler(), hashesTar: true });
    const reader = createContentReader(
      (entry) => changeset.kind[entry] === Kind.file,
      (entry) => hasher.openContent(entry, changeset.size[entry] ?? 0, storedSizeOf(changeset, entry)),
    );
    for await (const chunk of tar) {
      hasher.onTar(chunk);
      reader.write(chunk);
      if (yielder.count(chunk.length)) await yielder.pause();
    }
    reader.end();
    const result = hasher.end(changeset);
    if (result === null) throw new Error('an entry without a content was hashed');
    hashed.set(layer, result);
  }
  return hashed;
}
