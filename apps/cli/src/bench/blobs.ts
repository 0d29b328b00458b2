import type { Compression } from '@layers/core/compression';
import { changesetOf, type ReadImage } from '@layers/core/image';
import type { SyncByteSource } from '@layers/core/io';

/** The bytes that stages read. */
export interface Blob {
  readonly source: SyncByteSource;
  readonly compression: Compression | null;
  /** Bytes once inflated. */
  readonly tarBytes: number;
  /** Whether its reads are measured: false where it was decompressed only for the measurement. */
  readonly isInput: boolean;
  /** Null for the archive as a whole. */
  readonly changeset: ReturnType<typeof changesetOf> | null;
}

/** Returns the layers of an image that are stored in files, each blob once. */
export function layerBlobs(image: ReadImage, isInput: boolean): Blob[] {
  const blobs = new Map<string, Blob>();
  for (const layer of image.layers) {
    const { bytes, index, description } = layer;
    if (bytes?.from !== 'source' || index === null || blobs.has(description.name)) continue;
    blobs.set(description.name, {
      source: bytes.source,
      compression: index.compression,
      tarBytes: index.tarBytes,
      isInput,
      changeset: changesetOf(layer),
    });
  }
  return [...blobs.values()];
}
