import { createTarParser, expandSparse, type SeekableBytes, type TarEntry } from '@layers/tar';
import { createDigester } from '../../digest/digester.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import { dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { type ContentSink, contentInto } from '../layers/layer-observer.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../read-image.js';
import { layerTar, layerTars } from './layer-bytes.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Yields the bytes of a content, with zeros for the holes of a sparse file. Views are valid until the next one. Reads
 * only the content of an uncompressed layer, or of a compressed one whose access points or table of contents are known;
 * decompresses any other up to its end.
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
  const remote = layer.bytes?.from === 'stream' ? (layer.bytes.contents?.content(entry) ?? null) : null;
  if (remote !== null) {
    yield* remote;
    return;
  }
  const changeset = changesetOf(layer);
  const tar = await seekableTar(layer, dataOffsetOf(changeset, entry));
  if (tar !== null) {
    const source = tar.open();
    try {
      yield* contentPieces(layer, source, entry);
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

/** Yields the bytes of a content from the uncompressed bytes of its layer, as `readContent` does. */
export function contentPieces(layer: ReadLayer, tar: SeekableBytes, entry: number): Iterable<Uint8Array> {
  const changeset = changesetOf(layer);
  const pieces = expandSparse(
    {
      size: changeset.size[entry] ?? 0,
      sparse: changeset.sparse.get(entry)?.sparse ?? null,
      storedSize: storedSizeOf(changeset, entry),
      dataOffset: dataOffsetOf(changeset, entry),
    },
    (target, at) => tar.read(target, at),
  );
  return layer.access?.watched(pieces) ?? pieces;
}

/**
 * Returns the uncompressed bytes of a layer, to read them near `position`; null where it is better read from its start, or
 * can only be. Throws as `readContent` does.
 */
export async function seekableTar(layer: ReadLayer, position: number): Promise<SyncByteSource | null> {
  if (layer.bytes?.from !== 'source' || layer.index === null) return null;
  if (layer.index.compression === null) return layer.bytes.source;
  return (await layer.access?.near(position)) ?? null;
}

/**
 * Returns the uncompressed bytes of a layer, to read these contents; null where it is better decompressed from its start to the
 * last of them. Throws as `readContent` does.
 *
 * @param entries the indexes of the entries, ascending
 */
export async function tarForContents(
  layer: ReadLayer,
  entries: ArrayLike<number>,
): Promise<SyncByteSource | null> {
  const last = entries[entries.length - 1];
  if (layer.index === null || last === undefined) return null;
  const changeset = changesetOf(layer);
  if (layer.index.compression !== null) {
    let bytes = 0;
    for (let i = 0; i < entries.length; i++) bytes += storedSizeOf(changeset, entries[i] ?? 0);
    if (bytes > layer.index.tarBytes / 2) return null;
  }
  return seekableTar(layer, dataOffsetOf(changeset, last));
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
 * Returns the SHA-256 of contents, by layer and entry. Reads each layer that has one of them. Throws as `readContent` does.
 *
 * @param names for each entry of each layer, whether its content is wanted: not 0. `Union.names` are all that a path reaches
 */
export async function contentDigests(
  image: ReadImage,
  names: readonly Uint32Array[],
): Promise<(ReadonlyMap<number, string> | undefined)[]> {
  const result = image.layers.map((): ReadonlyMap<number, string> => new Map());
  const selected = new Map<ReadLayer, ReadonlySet<number>>();
  for (const layer of image.layers) {
    const { kind } = changesetOf(layer);
    const entries = [...(names[layer.position] ?? [])].flatMap((count, entry) =>
      count > 0 && kind[entry] === Kind.file ? [entry] : [],
    );
    if (entries.length > 0 && hasContents(layer)) {
      result[layer.position] = await digestsOfEach(image, layer, entries);
      continue;
    }
    const tar = await tarForContents(layer, entries);
    if (tar !== null) result[layer.position] = digestsIn(layer, tar, entries);
    else if (entries.length > 0) selected.set(layer, new Set(entries));
  }
  for await (const { layer, tar } of layerTars(image, [...selected.keys()])) {
    const digests = new Map<number, string>();
    const isSelected = (entry: number): boolean => selected.get(layer)?.has(entry) === true;
    const reader = createContentReader(isSelected, (entry) => {
      const digester = createDigester();
      return {
        write: (bytes) => digester.update(bytes),
        end: () => void digests.set(entry, digester.digest()),
      };
    });
    for await (const chunk of tar) reader.write(chunk);
    reader.end();
    result[layer.position] = digests;
  }
  return result;
}

/** Whether the contents of a layer are read from a server, one by one. */
export function hasContents({ bytes }: ReadLayer): boolean {
  return bytes?.from === 'stream' && bytes.contents !== undefined;
}

async function digestsOfEach(
  image: ReadImage,
  { position }: ReadLayer,
  entries: readonly number[],
): Promise<Map<number, string>> {
  const digests = new Map<number, string>();
  for (const entry of entries) {
    const digester = createDigester();
    for await (const piece of readContent(image, position, entry)) digester.update(piece);
    digests.set(entry, digester.digest());
  }
  return digests;
}

function digestsIn(layer: ReadLayer, tar: SyncByteSource, entries: readonly number[]): Map<number, string> {
  const digests = new Map<number, string>();
  const source = tar.open();
  try {
    for (const entry of entries) {
      const digester = createDigester();
      for (const piece of contentPieces(layer, source, entry)) digester.update(piece);
      digests.set(entry, digester.digest());
    }
  } finally {
    source.close();
  }
  return digests;
}

/** Creates a parser of a layer's tar that writes the contents of selected entries to sinks, where there is one. */
export function createContentReader(
  isSelected: (entry: number) => boolean,
  open: (entry: number) => ContentSink | null,
) {
  let index = -1;
  let current: Pick<ContentSink, 'write' | 'end'> | null = null;
  return createTarParser({
    onEntry(entry: TarEntry) {
      index++;
      const sink = isSelected(index) ? open(index) : null;
      if (sink !== null) current = contentInto(entry, sink);
    },
    onData: (bytes) => current?.write(bytes),
    onEntryEnd() {
      current?.end();
      current = null;
    },
  });
}
