import { LayersError } from '@layers/errors';
import { decompressStream } from '../../compression/decompress-stream.js';
import { whileUnchanged } from '../../io/unchanged.js';
import { type FileOccurrence, replayFile, replayFiles } from '../archive/replay-file.js';
import type { ReadImage, ReadLayer } from '../read-image.js';

/** A layer, and its uncompressed bytes. */
export interface LayerWithTar {
  readonly layer: ReadLayer;
  /** Views are valid until the next one. */
  readonly tar: AsyncIterable<Uint8Array>;
}

/**
 * Yields layers with their uncompressed bytes. Layers of an archive that can only be read from its start are read in one
 * pass, in the order in which they are stored; others come first. Each must be read before the next is asked for. Throws as
 * `readContent` does.
 */
export async function* layerTars(
  image: Pick<ReadImage, 'archive'>,
  layers: readonly ReadLayer[],
): AsyncGenerator<LayerWithTar> {
  const passing = new Map<string, { readonly file: FileOccurrence; readonly layers: ReadLayer[] }>();
  for (const layer of layers) {
    if (
      layer.description.data !== null ||
      layer.bytes?.from === 'source' ||
      layer.bytes?.contents !== undefined
    ) {
      yield { layer, tar: layerTar(image, layer) };
      continue;
    }
    const file = fileOf(image, layer);
    const key = `${file.occurrence} ${file.name}`;
    const found = passing.get(key);
    if (found === undefined) passing.set(key, { file, layers: [layer] });
    else found.layers.push(layer);
  }
  if (passing.size === 0) return;
  // A blob at several positions is read again for each further one.
  const again: ReadLayer[] = [];
  try {
    const files = [...passing.values()].map(({ file }) => file);
    for await (const { name, occurrence, chunks } of replayFiles(reopened(image), files)) {
      const [layer, ...others] = passing.get(`${occurrence} ${name}`)?.layers ?? [];
      if (layer === undefined) continue;
      again.push(...others);
      yield { layer, tar: tarOf(layer, chunks) };
    }
  } catch (error) {
    // Anything may be wrong in an archive that changes.
    image.archive.checkUnchanged();
    throw error;
  }
  image.archive.checkUnchanged();
  if (again.length > 0) yield* layerTars(image, again);
}

/** Yields the uncompressed bytes of a layer. Views are valid until the next one. Throws as `readContent` does. */
export async function* layerTar(
  image: Pick<ReadImage, 'archive'>,
  layer: ReadLayer,
): AsyncGenerator<Uint8Array> {
  const whole = layer.bytes?.from === 'source' ? (layer.access?.whole() ?? null) : null;
  if (whole === null || layer.bytes?.from !== 'source') yield* tarOf(layer, layerStored(image, layer));
  else yield* unlessChanged(image, whileUnchanged(layer.bytes.source, whole));
}

/**
 * Yields a layer's blob as stored. Views are valid until the next one. Throws as `readContent` does, and
 * ERR_LAYERS_INPUT_CHANGED where the archive changed after it was opened.
 */
export async function* layerStored(
  image: Pick<ReadImage, 'archive'>,
  layer: Pick<ReadLayer, 'description' | 'bytes'>,
): AsyncGenerator<Uint8Array> {
  yield* unlessChanged(image, storedChunks(image, layer));
}

async function* unlessChanged(
  image: Pick<ReadImage, 'archive'>,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
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
  if (layer.bytes?.contents !== undefined) {
    yield* layer.bytes.contents.stored();
    return;
  }
  const { name, occurrence } = fileOf(image, layer);
  yield* replayFile(reopened(image), name, occurrence);
}

async function* tarOf(
  { index }: Pick<ReadLayer, 'index'>,
  stored: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const compression = index?.compression ?? null;
  if (compression === null) yield* stored;
  else yield* decompressStream(stored, compression, { ignoreTrailing: true });
}

function fileOf(
  { archive: { reader } }: Pick<ReadImage, 'archive'>,
  { description }: Pick<ReadLayer, 'description'>,
): FileOccurrence {
  const name = description.file?.name ?? description.name;
  return { name, occurrence: reader.occurrence(name) };
}

/** Returns the bytes of an archive from its start. Throws ERR_LAYERS_NEEDS_FILE for a stream. */
function reopened({ archive: { reopen, source } }: Pick<ReadImage, 'archive'>): AsyncIterable<Uint8Array> {
  if (reopen !== null) return reopen();
  throw new LayersError('ERR_LAYERS_NEEDS_FILE', 'the contents of a stream cannot be read again', {
    archive: source.path,
    hint: 'write the archive to a file, and read that file',
  });
}
