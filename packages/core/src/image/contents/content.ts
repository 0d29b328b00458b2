import { LayersError } from '@layers/errors';
import { createSparseExpander, createTarParser, expandSparse, type TarEntry } from '@layers/tar';
import { decompressStream } from '../../compression/decompress-stream.js';
import { createDigester } from '../../digest/digester.js';
import { openRange, rangeChunks } from '../../io/file-bytes.js';
import { dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { replayMember } from '../archive/replay-file.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../read-image.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of a file's content, holes of a sparse file as zeros, as views that hold until the next step. In an
 * uncompressed layer only they are read; a compressed one is inflated up to them.
 *
 * Throws ERR_LAYERS_NEEDS_FILE where the layer streamed by, and what is wrong with the layer's bytes.
 */
export async function* readContent(
  image: ReadImage,
  position: number,
  entry: number,
): AsyncGenerator<Uint8Array> {
  const layer = image.layers[position];
  if (layer === undefined) return;
  const changeset = changesetOf(layer);
  if (layer.bytes?.from === 'range' && layer.index?.compression === null) {
    const source = openRange(layer.bytes.range);
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

/** Bytes, or how many zeros stand in their place. */
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
 * The SHA-256 of every content that a path reaches, by layer and entry. Reads each layer that has one, in order.
 * Throws as `readContent` does.
 */
export async function contentDigests(
  image: ReadImage,
  names: readonly Uint32Array[],
): Promise<(ReadonlyMap<number, string> | undefined)[]> {
  const result: (ReadonlyMap<number, string> | undefined)[] = [];
  for (const layer of image.layers) {
    const counts = names[layer.position];
    const { kind } = changesetOf(layer);
    const isWanted = (entry: number): boolean => kind[entry] === Kind.file && (counts?.[entry] ?? 0) > 0;
    const digests = new Map<number, string>();
    if (kind.some((_, entry) => isWanted(entry))) {
      const reader = createContentReader(isWanted, (entry) => {
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
  /** Takes the length of a hole of a sparse file; without it, its zeros are written. */
  hole?(bytes: number): void;
  end(): void;
}

/** Parses a layer's tar and gives the files of the wanted entries, by index, to sinks of their own. */
export function createContentReader(
  isWanted: (entry: number) => boolean,
  open: (entry: number) => ContentSink,
) {
  let index = -1;
  let current: { write(bytes: Uint8Array): void; end(): void } | null = null;
  return createTarParser({
    onEntry(entry: TarEntry) {
      index++;
      if (!isWanted(index)) return;
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

/** A layer uncompressed, in views that hold until the next step. */
export async function* layerTar(image: ReadImage, layer: ReadLayer): AsyncGenerator<Uint8Array> {
  const compression = layer.index?.compression ?? null;
  const stored = layerStored(image, layer);
  if (compression === null) yield* stored;
  else yield* decompressStream(stored, compression);
}

/** A layer's blob as stored. */
export async function* layerStored(
  image: Pick<ReadImage, 'archive'>,
  layer: Pick<ReadLayer, 'description' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  if (layer.description.data !== null) {
    yield layer.description.data;
    return;
  }
  if (layer.bytes?.from === 'range') {
    yield* rangeChunks(layer.bytes.range);
    return;
  }
  const { reopen: again, members, source } = image.archive;
  if (again === null) {
    throw new LayersError(
      'ERR_LAYERS_NEEDS_FILE',
      'the contents of an archive that streamed by cannot be read again',
      {
        archive: source.path,
        hint: 'save the archive in a file, and name that',
      },
    );
  }
  const name = layer.description.member?.name ?? layer.description.name;
  yield* replayMember(again(), name, members.occurrence(name));
}
