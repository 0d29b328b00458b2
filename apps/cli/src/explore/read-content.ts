import {
  changesetOf,
  createContentReader,
  hasContents,
  layerTar,
  type ReadImage,
  readContent,
  seekableTar,
} from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import { dataOffsetOf } from '@layers/core/rootfs';
import type { ContentPlace } from '@layers/explorer';

/** More of a file is not shown. */
export const MAX_VIEW_BYTES = 8 * 1024 * 1024;

/**
 * Yields the bytes of a file. Pauses often, so that keys are handled, also while a compressed layer is read up to the file.
 * Throws as `readContent` does, and the reason of the signal.
 */
export async function* contentChunks(
  image: ReadImage,
  { layer: position, entry }: ContentPlace,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const layer = image.layers[position];
  const yielder = new Yielder({ bytes: 1024 * 1024, signal });
  if (layer === undefined) return;
  const tar = await seekableTar(layer, dataOffsetOf(changesetOf(layer), entry));
  if (tar !== null || hasContents(layer)) {
    for await (const chunk of readContent(image, position, entry)) {
      if (yielder.count(chunk.length)) await yielder.pause();
      yield chunk;
    }
    return;
  }
  const pieces: Uint8Array[] = [];
  let ended = false;
  const reader = createContentReader(
    (index) => index === entry,
    () => ({
      write: (bytes) => void pieces.push(bytes.slice()),
      end: () => {
        ended = true;
      },
    }),
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    yield* pieces.splice(0);
    if (ended) return;
    if (yielder.count(chunk.length)) await yielder.pause();
  }
  reader.end();
  yield* pieces;
}

/** Reads a file, or its start. */
export async function readForView(
  image: ReadImage,
  place: ContentPlace,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of contentChunks(image, place, signal)) {
    // `slice` of a Buffer would not copy.
    chunks.push(Buffer.from(chunk.subarray(0, MAX_VIEW_BYTES - bytes)));
    bytes += chunk.length;
    if (bytes >= MAX_VIEW_BYTES) break;
  }
  return Buffer.concat(chunks);
}
