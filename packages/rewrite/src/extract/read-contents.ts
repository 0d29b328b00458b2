import {
  changesetOf,
  createContentReader,
  layerTar,
  type ReadImage,
  type ReadLayer,
} from '@layers/core/image';
import { type FileRange, openRange } from '@layers/core/io';
import { type Changeset, dataOffsetOf, storedSizeOf } from '@layers/core/rootfs';
import { isLayersError, withContext } from '@layers/errors';
import { createSparseExpander } from '@layers/tar';
import { truncatedTar } from '@layers/tar/internal';
import type { FileSink } from './file-writer.js';
import type { Turns } from './turns.js';

/** Which contents of a layer are read, and where they go. */
export interface ContentSelection {
  /** Indexes of entries, ascending. */
  readonly entries: Int32Array;
  open(entry: number): FileSink;
}

/**
 * Gives contents of a layer to sinks, in the order in which they are stored. An uncompressed layer is read where they
 * are; a compressed one is inflated once, up to the last of them.
 *
 * Throws ERR_LAYERS_READ, ERR_LAYERS_NEEDS_FILE, and what is wrong with the layer's bytes.
 */
export async function readContents(
  image: ReadImage,
  layer: ReadLayer,
  wanted: ContentSelection,
  turns: Turns,
): Promise<void> {
  if (wanted.entries.length === 0) return;
  try {
    if (layer.bytes?.from === 'range' && layer.index?.compression === null) {
      await readInPlace(layer.bytes.range, changesetOf(layer), wanted, turns);
    } else await readThrough(image, layer, wanted, turns);
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_WRITE_OUTPUT') throw error;
    throw withContext(error, { archive: image.archive.source.path, file: layer.description.name });
  }
}

const WINDOW_BYTES = 256 * 1024;

async function readInPlace(
  range: FileRange,
  changeset: Changeset,
  { entries, open }: ContentSelection,
  turns: Turns,
): Promise<void> {
  const source = openRange(range);
  // Small files stand close together: one read gives many of them.
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let start = 0;
  let end = 0;
  try {
    for (const entry of entries) {
      const storedSize = storedSizeOf(changeset, entry);
      const dataOffset = dataOffsetOf(changeset, entry);
      const sink = expanded(changeset, entry, open(entry));
      const stop = dataOffset + storedSize;
      for (let at = dataOffset; at < stop; ) {
        if (at < start || at >= end) {
          start = at;
          end = at + source.read(window, at);
          if (end === at) throw truncatedTar(dataOffset, 'file', at);
        }
        const piece = window.subarray(at - start, Math.min(end, stop) - start);
        sink.write(piece);
        at += piece.length;
        if (turns.take(piece.length)) await turns.next();
      }
      sink.end();
      if (storedSize === 0 && turns.take(0)) await turns.next();
    }
  } finally {
    source.close();
  }
}

/** Takes the stored bytes of an entry, which for a sparse one are not those of the file. */
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

async function readThrough(
  image: ReadImage,
  layer: ReadLayer,
  { entries, open }: ContentSelection,
  turns: Turns,
): Promise<void> {
  let next = 0;
  let turn = false;
  const reader = createContentReader(
    (entry) => entry === entries[next],
    (entry) => {
      const sink = open(entry);
      return {
        write(bytes) {
          sink.write(bytes);
          turn = turns.take(bytes.length) || turn;
        },
        hole: sink.hole,
        end() {
          sink.end();
          next++;
          turn = turns.take(0) || turn;
        },
      };
    },
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    if (next === entries.length) return;
    if (!turn) continue;
    turn = false;
    await turns.next();
  }
  reader.end();
}
