import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '@layers/core/image';
import { withAtomicDirectory, withAtomicFile, withBufferedWriter } from '@layers/core/io';
import { parseIndex, parseJson } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { NewImage, WrittenImage } from '../image/new-image.js';
import type { ArchiveFormat } from './archive-documents.js';
import { compressTar } from './compress-tar.js';
import type { CopyContext } from './copy-layer.js';
import { createLayerDigests, type LayerDigests } from './layer-digests.js';
import { internalError, uniqueLayers } from './layer-facts.js';
import { LAYOUT_INDEX, LAYOUT_MARKER, writeLayout } from './write-layout.js';
import { writeTar } from './write-tar.js';

/** Where to write images. The format `oci-dir` requires a directory; the others require a file or a stream. */
export type OutputTarget =
  /** An existing file is replaced only with `force`. Devices and pipes are written to directly. */
  | { readonly kind: 'file'; readonly path: string; readonly force: boolean }
  /** `write` must not use the memory of a chunk after it resolves. */
  | { readonly kind: 'stream'; write(chunk: Uint8Array): Promise<void> }
  /** May exist if it is empty. An OCI layout without images is replaced with `force`, other directories never. */
  | { readonly kind: 'directory'; readonly path: string; readonly force: boolean };

export interface WriteOptions {
  readonly format: ArchiveFormat;
  /** The most threads that compress a layer; 0 for none. Default: one for each core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Counts bytes of layers; generated ones uncompressed. The total is null if unknown before they are generated. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Writes images as an archive or an OCI layout, in the given order, each blob once. Verifies every blob while it is
 * written. Files and directories are written atomically. The same images give the same bytes for any target.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS before anything is written, ERR_LAYERS_BLOB_MISMATCH for an existing layer that does
 * not match its digest, ERR_LAYERS_COMPRESS, ERR_LAYERS_WRITE_OUTPUT, and what the layers, `write` and `signal` throw.
 */
export async function writeImages(
  images: readonly NewImage[],
  target: OutputTarget,
  options: WriteOptions,
): Promise<readonly WrittenImage[]> {
  options.signal?.throwIfAborted();
  const digests = createLayerDigests();
  try {
    return await writeTo(target, images, options, createContext(images, digests, options));
  } finally {
    await digests.close();
  }
}

async function writeTo(
  target: OutputTarget,
  images: readonly NewImage[],
  { format, signal }: WriteOptions,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  if (target.kind === 'directory') {
    if (format !== 'oci-dir') throw internalError(`the format ${format} is not a directory`);
    const { path, force } = target;
    refuseImages(path);
    const settings = { force, signal, marker: LAYOUT_MARKER, last: LAYOUT_INDEX };
    return withAtomicDirectory(path, settings, (directory) => writeLayout(images, directory, context));
  }
  if (format === 'oci-dir') throw internalError('the format oci-dir is a directory');
  if (target.kind === 'file') {
    const { path, force } = target;
    return withAtomicFile(path, { force, signal }, (file) =>
      writeTar(images, format, file, file.writeAt === null ? null : path, context),
    );
  }
  return withBufferedWriter(
    (bytes) => target.write(bytes),
    ({ write }) => writeTar(images, format, { write, writeAt: null, truncate: null }, null, context),
  );
}

/** Throws ERR_LAYERS_OUTPUT_EXISTS for a layout with images, and for a store: replacing it would lose them. */
function refuseImages(path: string): void {
  if (!existsSync(join(path, LAYOUT_MARKER)) || isWithoutImages(path)) return;
  throw new LayersError('ERR_LAYERS_OUTPUT_EXISTS', `${path} is a layout with images`, {
    hint: 'add images to the layout with loadImages of @layers/store, or name another output',
  });
}

function isWithoutImages(path: string): boolean {
  try {
    const bytes = readFileSync(join(path, LAYOUT_INDEX));
    return parseIndex(parseJson(bytes, LAYOUT_INDEX), LAYOUT_INDEX).manifests.length === 0;
  } catch {
    return false;
  }
}

function createContext(
  images: readonly NewImage[],
  digests: LayerDigests,
  { threads, signal, onProgress }: WriteOptions,
): CopyContext {
  let doneBytes = 0;
  const totalBytes = onProgress === undefined ? null : bytesOf(images);
  return {
    compress: (tar, compression) => compressTar(tar, compression, { threads, signal }),
    digests,
    onBytes(bytes) {
      doneBytes += bytes;
      onProgress?.({ doneBytes, totalBytes });
      signal?.throwIfAborted();
    },
  };
}

function bytesOf(images: readonly NewImage[]): number | null {
  let total = 0;
  for (const layer of uniqueLayers(images)) {
    const bytes = layer.kind === 'existing' ? layer.sizeBytes : layer.tarBytes;
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}
