import { LayersError } from '@layers/errors';
import { createSparseExpander, createTarParser, expandSparse, type TarEntry } from '@layers/tar';
import { decompressStream } from '../../compression/decompress-stream.js';
import { createDigester } from '../../digest/digester.js';
import { whileUnchanged } from '../../io/unchanged.js';
import { dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { replayFile } from '../archive/replay-file.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../read-image.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Yields the bytes of a content, with zeros for the holes of a sparse file. Views are valid until the next one. Reads
 * only the content of an uncompressed layer; decompresses a compressed one up to its end.
 *
 * Throws ERR_LAYERS_NEEDS_FILE for a layer from a stream, ERR_LAYERS_READ, and the errors of a damaged layer.
 *
 * @param position the position of the layer
 * @param entry the index of the entry in the layer
 */
export async function* readContent(
  image: ReadImage,
  position: number,
  entry: number,
): AsyncGenerator<Uint8Array> {
  const layer = image.layers[position];
  if (layer === undefined) return;
  const changeset = changesetOf(layer);
  if (layer.bytes?.from === 'source' && layer.index?.compression === null) {
    const source = layer.bytes.source.open();
    try {
      yield* expandSparse(
        {
          size: changeset.size[entry] ?? 0,
          sparse: changeset.sparse.get(entry)?.sparse ?? null,
          storedSize: storedSizeOf(changeset, entry),
          dataOffset: dataOffsetOf(changeset, entry),
        },
        (target, at) => source.read(target, at),
      );
    } finally {
      source.close();
    }
    return;
  }
  const pieces: Piece[] = [];
  let ended = false;
  const reader = createContentReader(
    (index) => index === entry,
    () => ({
      write: (bytes) => void pieces.push(bytes.slice()),
      hole: (bytes) => void pieces.push(bytes),
      end: () => {
        ended = true;
      },
    }),
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    for (const piece of pieces.splice(0)) yield* bytesOf(piece);
    if (ended) return;
  }
  reader.end();
  for (const piece of pieces) yield* bytesOf(piece);
}

/** Bytes, or a number of zeros. */
type Piece = Uint8Array | number;

function* bytesOf(piece: Piece): Generator<Uint8Array> {
  if (typeof piece !== 'number') {
    yield piece;
    return;
  }
  const zeros = new Uint8Array(Math.min(piece, CHUNK_BYTES));
  for (let left = piece; left > 0; left -= zeros.length)
    yield left < zeros.length ? zeros.subarray(0, left) : zeros;
}

/**
 * Returns the SHA-256 of every content that a path reaches, by layer and entry. Reads each layer that has one.
 * Throws as `readContent` does.
 *
 * @param names `Union.names`
 */
export async function contentDigests(
  image: ReadImage,
  names: readonly Uint32Array[],
): Promise<(ReadonlyMap<number, string> | undefined)[]> {
  const result: (ReadonlyMap<number, string> | undefined)[] = [];
  for (const layer of image.layers) {
    const counts = names[layer.position];
    const { kind } = changesetOf(layer);
    const isSelected = (entry: number): boolean => kind[entry] === Kind.file && (counts?.[entry] ?? 0) > 0;
    const digests = new Map<number, string>();
    if (kind.some((_, entry) => isSelected(entry))) {
      const reader = createContentReader(isSelected, (entry) => {
        const digester = createDigester();
        return {
          write: (bytes) => digester.update(bytes),
          end: () => void digests.set(entry, digester.digest()),
        };
      });
      for await (const chunk of layerTar(image, layer)) reader.write(chunk);
      reader.end();
    }
    result.push(digests);
  }
  return result;
}

export interface ContentSink {
  write(bytes: Uint8Array): void;
  /** Receives the length of a hole of a sparse file. Without it, `write` receives zeros. */
  hole?(bytes: number): void;
  end(): void;
}

/** Creates a parser of a layer's tar that writes the contents of selected entries to sinks. */
export function createContentReader(
  isSelected: (entry: number) => boolean,
  open: (entry: number) => ContentSink,
) {
  let index = -1;
  let current: { write(bytes: Uint8Array): void; end(): void } | null = null;
  return createTarParser({
    onEntry(entry: TarEntry) {
      index++;
      if (!isSelected(index)) return;
      const sink = open(index);
      const expander = createSparseExpander(
        {
          size: entry.size,
          sparse: entry.sparse,
          storedSize: entry.storedSize,
          dataOffset: entry.dataOffset,
        },
        (bytes) => sink.write(bytes),
        sink.hole,
      );
      current = {
        write: (bytes) => expander.write(bytes),
        end() {
          expander.end();
          sink.end();
        },
      };
    },
    onData: (bytes) => current?.write(bytes),
    onEntryEnd() {
      current?.end();
      current = null;
    },
  });
}

/** Yields the uncompressed bytes of a layer. Views are valid until the next one. Throws as `readContent` does. */
export async function* layerTar(
  image: Pick<ReadImage, 'archive'>,
  layer: ReadLayer,
): AsyncGenerator<Uint8Array> {
  const compression = layer.index?.compression ?? null;
  const stored = layerStored(image, layer);
  if (compression === null) yield* stored;
  else yield* decompressStream(stored, compression, { ignoreTrailing: true });
}

/**
 * Yields a layer's blob as stored. Views are valid until the next one. Throws as `readContent` does, and
 * ERR_LAYERS_INPUT_CHANGED where the archive changed after it was opened.
 */
export async function* layerStored(
  image: Pick<ReadImage, 'archive'>,
  layer: Pick<ReadLayer, 'description' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* storedChunks(image, layer);
  } catch (error) {
    // Anything may be wrong in an archive that changes.
    image.archive.checkUnchanged();
    throw error;
  }
  image.archive.checkUnchanged();
}

async function* storedChunks(
  image: Pick<ReadImage, 'archive'>,
  layer: Pick<ReadLayer, 'description' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  if (layer.description.data !== null) {
    yield layer.description.data;
    return;
  }
  if (layer.bytes?.from === 'source') {
    const { source } = layer.bytes;
    yield* whileUnchanged(source, source.stream());
    return;
  }
  const { reopen, reader, source } = image.archive;
  if (reopen === null) {
    throw new LayersError('ERR_LAYERS_NEEDS_FILE', 'the contents of a stream cannot be read again', {
      archive: source.path,
      hint: 'write the archive to a file, and read that file',
    });
  }
  const name = layer.description.file?.name ?? layer.description.name;
  yield* replayFile(reopen(), name, reader.occurrence(name));
}
