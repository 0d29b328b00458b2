import {
  changesetOf,
  createContentReader,
  layerTar,
  type ReadImage,
  type ReadLayer,
  tarForContents,
} from '@layers/core/image';
import type { SyncByteSource, Yielder } from '@layers/core/io';
import { type Changeset, dataOffsetOf, storedSizeOf } from '@layers/core/rootfs';
import { isLayersError, withContext } from '@layers/errors';
import { createSparseExpander } from '@layers/tar';
import { truncatedTar } from '@layers/tar/internal';
import type { FileSink } from './file-writer.js';

/** Which contents of a layer to read, and where to write them. */
export interface ContentSelection {
  /** Indexes of entries, ascending. */
  readonly entries: Int32Array;
  open(entry: number): FileSink;
}

/**
 * Writes contents of a layer to sinks, in the order in which they are stored. Reads only the contents of an uncompressed
 * layer; decompresses another one once, up to the last content.
 *
 * Throws ERR_LAYERS_READ, ERR_LAYERS_NEEDS_FILE, and the errors of damaged layers.
 */
export async function readContents(
  image: ReadImage,
  layer: ReadLayer,
  selected: ContentSelection,
  yielder: Yielder,
): Promise<void> {
  if (selected.entries.length === 0) return;
  try {
    const tar = await tarForContents(layer, selected.entries);
    if (tar !== null) await readInPlace(tar, changesetOf(layer), selected, yielder);
    else await readStreamed(image, layer, selected, yielder);
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_WRITE_OUTPUT') throw error;
    throw withContext(error, { archive: image.archive.source.path, file: layer.description.name });
  }
}

const WINDOW_BYTES = 256 * 1024;

async function readInPlace(
  bytes: SyncByteSource,
  changeset: Changeset,
  { entries, open }: ContentSelection,
  yielder: Yielder,
): Promise<void> {
  const source = bytes.open();
  // Small files are close together: one read returns many of them.
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let start = 0;
  let end = 0;
  try {
    for (const entry of entries) {
      const storedSize = storedSizeOf(changeset, entry);
      const dataOffset = dataOffsetOf(changeset, entry);
      const sink = expanded(changeset, entry, open(entry));
      const stop = dataOffset + storedSize;
      for (let position = dataOffset; position < stop; ) {
        if (position < start || position >= end) {
          start = position;
          end = position + source.read(window, position);
          if (end === position) throw truncatedTar(dataOffset, 'file', position);
        }
        const piece = window.subarray(position - start, Math.min(end, stop) - start);
        sink.write(piece);
        position += piece.length;
        if (yielder.count(piece.length)) await yielder.pause();
      }
      sink.end();
      if (storedSize === 0 && yielder.count(0)) await yielder.pause();
    }
  } finally {
    source.close();
  }
}

/** Returns a sink for the stored bytes of an entry, which restores the holes of a sparse file. */
function expanded(changeset: Changeset, entry: number, sink: FileSink): Pick<FileSink, 'write' | 'end'> {
  const sparse = changeset.sparse.get(entry)?.sparse;
  if (sparse === undefined) return sink;
  const size = changeset.size[entry] ?? 0;
  const stored = { storedSize: storedSizeOf(changeset, entry), dataOffset: dataOffsetOf(changeset, entry) };
  const expander = createSparseExpander({ size, sparse, ...stored }, sink.write, sink.hole);
  return {
    write: (bytes) => expander.write(bytes),
    end() {
      expander.end();
      sink.end();
    },
  };
}

async function readStreamed(
  image: ReadImage,
  layer: ReadLayer,
  { entries, open }: ContentSelection,
  yielder: Yielder,
): Promise<void> {
  let next = 0;
  let isPauseDue = false;
  const reader = createContentReader(
    (entry) => entry === entries[next],
    (entry) => {
      const sink = open(entry);
      return {
        write(bytes) {
          sink.write(bytes);
          isPauseDue = yielder.count(bytes.length) || isPauseDue;
        },
        hole: sink.hole,
        end() {
          sink.end();
          next++;
          isPauseDue = yielder.count(0) || isPauseDue;
        },
      };
    },
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    if (next === entries.length) return;
    if (!isPauseDue) continue;
    isPauseDue = false;
    await yielder.pause();
  }
  reader.end();
}
