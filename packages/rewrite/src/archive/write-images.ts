import type { Progress } from '@layers/core/image';
import { withAtomicDirectory, withAtomicFile, withBufferedWriter } from '@layers/core/io';
import type { NewImage, WrittenImage } from '../image/new-image.js';
import type { ArchiveFormat } from './archive-documents.js';
import type { CompressTar, CopyContext } from './copy-layer.js';
import { type LayerDigests, layerDigests } from './layer-digests.js';
import { internalError, uniqueLayers } from './layer-facts.js';
import { LAYOUT_INDEX, LAYOUT_MARKER, writeLayout } from './write-layout.js';
import { writeTar } from './write-tar.js';

/** Where images are written to. A directory is for the format `oci-dir`, which knows no other target. */
export type OutputTarget =
  /** Replaced only with `force`. What is no regular file (`/dev/null`, a pipe) is written to directly. */
  | { readonly kind: 'file'; readonly path: string; readonly force: boolean }
  /** `write` has to be done with the memory of a chunk when it resolves. */
  | { readonly kind: 'stream'; write(chunk: Uint8Array): Promise<void> }
  /** May exist where it is empty; an OCI layout is replaced only with `force`, another folder never. */
  | { readonly kind: 'directory'; readonly path: string; readonly force: boolean };

export interface WriteOptions {
  readonly format: ArchiveFormat;
  readonly compress: CompressTar;
  readonly signal?: AbortSignal | undefined;
  /** Counts the bytes of layers, made ones uncompressed. The total is null where only making them tells. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Writes images as an archive or an OCI layout, in the order given, each blob once. Everything written is verified on
 * its way. The output appears whole or not at all, but for streams. The same images give the same bytes, whatever the
 * target.
 *
 * Throws ERR_LAYERS_OUTPUT_EXISTS before anything is done, ERR_LAYERS_BLOB_MISMATCH where a stored layer is not what it
 * claims to be, ERR_LAYERS_WRITE_OUTPUT, and what the layers, `compress`, `write` and `signal` throw.
 */
export async function writeImages(
  images: readonly NewImage[],
  target: OutputTarget,
  options: WriteOptions,
): Promise<readonly WrittenImage[]> {
  options.signal?.throwIfAborted();
  const digests = layerDigests();
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
    if (format !== 'oci-dir') throw internalError(`the format ${format} is no folder`);
    const { path, force } = target;
    const settings = { force, signal, marker: LAYOUT_MARKER, last: LAYOUT_INDEX };
    return withAtomicDirectory(path, settings, (folder) => writeLayout(images, folder, context));
  }
  if (format === 'oci-dir') throw internalError('the format oci-dir is a folder');
  if (target.kind === 'file') {
    const { path, force } = target;
    return withAtomicFile(path, { force, signal }, (file) =>
      writeTar(images, format, file, file.writeAt === null ? null : path, context),
    );
  }
  return withBufferedWriter(
    (bytes) => target.write(bytes),
    ({ write }) => writeTar(images, format, { write, writeAt: null }, null, context),
  );
}

function createContext(
  images: readonly NewImage[],
  digests: LayerDigests,
  { compress, signal, onProgress }: WriteOptions,
): CopyContext {
  let doneBytes = 0;
  const totalBytes = onProgress === undefined ? null : bytesOf(images);
  return {
    compress,
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
    const bytes = layer.kind === 'existing' ? layer.size : layer.tarBytes;
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}
