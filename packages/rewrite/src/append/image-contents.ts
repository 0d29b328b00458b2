import { createContentReader, layerTar, type ReadImage, readContent } from '@layers/core/image';
import { type ContentBatches, type SparseEvent, withZeros } from './content-batches.js';

/**
 * Reads contents of a layer of an image, in the order of their entries. Reads only the contents of an uncompressed layer;
 * decompresses another one once. Throws what `readContent` throws.
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
  if (layer.bytes?.from === 'source' && layer.index?.compression === null) {
    for (const entry of entries) {
      yield [{ start: entry }];
      for await (const bytes of readContent(image, position, entry)) yield [{ bytes }];
    }
    return;
  }
  const selected = new Set(entries);
  const events: SparseEvent[] = [];
  let done = false;
  const reader = createContentReader(
    (entry) => selected.has(entry),
    (entry) => {
      events.push({ start: entry });
      return {
        write: (bytes) => void events.push({ bytes: bytes.slice() }),
        hole: (zeros) => void events.push({ zeros }),
        end: () => {
          done = entry === last;
        },
      };
    },
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    yield withZeros(events.splice(0));
    if (done) return;
  }
  reader.end();
  yield withZeros(events);
}
