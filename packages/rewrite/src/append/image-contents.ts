import { createContentReader, layerTar, type ReadImage, readContent } from '@layers/core/image';
import { type SparseEvent, withZeros } from './content-batches.js';
import type { ContentBatches } from './scanned-source.js';

/**
 * Contents of a layer of an image, in the order of their entries. Of an uncompressed layer only they are read; a
 * compressed one is inflated once. Throws as core's `readContent` does.
 *
 * @param entries indexes of file entries, ascending
 */
export async function* imageContents(
  image: ReadImage,
  position: number,
  entries: readonly number[],
): ContentBatches {
  const layer = image.layers[position];
  const last = entries.at(-1);
  if (layer === undefined || last === undefined) return;
  if (layer.bytes?.from === 'range' && layer.index?.compression === null) {
    for (const entry of entries) {
      yield [{ start: entry }];
      for await (const bytes of readContent(image, position, entry)) yield [{ bytes }];
    }
    return;
  }
  const wanted = new Set(entries);
  const pieces: SparseEvent[] = [];
  let done = false;
  const reader = createContentReader(
    (entry) => wanted.has(entry),
    (entry) => {
      pieces.push({ start: entry });
      return {
        write: (bytes) => void pieces.push({ bytes: bytes.slice() }),
        hole: (zeros) => void pieces.push({ zeros }),
        end: () => {
          done = entry === last;
        },
      };
    },
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    yield withZeros(pieces.splice(0));
    if (done) return;
  }
  reader.end();
  yield withZeros(pieces);
}
