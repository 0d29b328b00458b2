import { type OutputFile, withDirectWriter } from '@layers/core/io';
import { END_OF_TAR, paddingFor } from '@layers/tar';
import { paddedTo512 } from '@layers/tar/internal';
import type { NewImage, NewLayer, WrittenImage } from '../image/new-image.js';
import { type ArchiveFormat, archiveDocuments } from './archive-documents.js';
import { type CopyContext, copyLayer, type Sink } from './copy-layer.js';
import { type FactsOf, factsInAdvance, knownFacts, placeholderFacts, uniqueLayers } from './layer-facts.js';
import { stageLayers } from './stage-layers.js';
import { documentsEnd, type TarLayout, tarLayout } from './tar-layout.js';

export type TarFormat = Exclude<ArchiveFormat, 'oci-dir'>;

/**
 * Writes an archive. Its documents come first, and contain the digests of layers. If the output is a file and the length of
 * the documents is known, they are written last, into the space left for them; otherwise generated layers are first written
 * to temporary files. Both give the same bytes.
 *
 * @param path the output, whose directory gets the temporary files; null for the system's temporary directory
 */
export async function writeTar(
  images: readonly NewImage[],
  format: TarFormat,
  file: OutputFile,
  path: string | null,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  const layers = uniqueLayers(images);
  if (layers.every((layer) => layer.kind === 'existing')) {
    return writeInOrder(images, format, file.write, knownFacts(new Map()), async (layer, sink) => {
      await copyLayer(layer, sink, context);
    });
  }
  const { writeAt, truncate } = file;
  const planned = writeAt === null ? null : plannedLayout(images, format, layers);
  if (writeAt !== null && truncate !== null && planned !== null)
    return writeInPlace(images, format, { writeAt, truncate }, planned, context);
  const staged = await stageLayers(layers, path, context);
  try {
    return await writeInOrder(images, format, file.write, knownFacts(staged.facts), async (layer, sink) => {
      if (layer.kind === 'generated') await staged.moveTo(layer, sink);
      else await copyLayer(layer, sink, context);
    });
  } finally {
    staged.remove();
  }
}

/**
 * Returns a layout in which the layers start where they will start in the archive, or null. Documents contain the sizes of
 * layers, of which only the limits are known if they are compressed: most often the documents need as many blocks with both.
 */
function plannedLayout(
  images: readonly NewImage[],
  format: TarFormat,
  layers: readonly NewLayer[],
): TarLayout | null {
  const least = placeholderFacts(layers, 'least');
  const most = placeholderFacts(layers, 'most');
  if (least === null || most === null) return null;
  const layout = tarLayout(archiveDocuments(images, format, least));
  const largest = tarLayout(archiveDocuments(images, format, most));
  return documentsEnd(layout) === documentsEnd(largest) ? layout : null;
}

async function writeInOrder(
  images: readonly NewImage[],
  format: TarFormat,
  write: Sink,
  factsOf: FactsOf,
  copy: (layer: NewLayer, sink: Sink) => Promise<void>,
): Promise<readonly WrittenImage[]> {
  const composed = archiveDocuments(images, format, factsOf);
  for (const { header, sizeBytes, data } of tarLayout(composed).files) {
    await write(header);
    if (data instanceof Uint8Array) await write(data);
    else await copy(data, write);
    await write(paddingFor(sizeBytes));
  }
  await write(END_OF_TAR);
  return composed.images;
}

interface PositionedFile {
  readonly writeAt: NonNullable<OutputFile['writeAt']>;
  readonly truncate: NonNullable<OutputFile['truncate']>;
}

async function writeInPlace(
  images: readonly NewImage[],
  format: TarFormat,
  { writeAt, truncate }: PositionedFile,
  planned: TarLayout,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  // Of layers with the same digest, only the first is written.
  const layers = uniqueLayers(images);
  const facts = new Map(factsInAdvance(layers));
  const offsets = new Map<NewLayer, number>();
  // How much longer the layers are than planned.
  let excess = 0;
  for (const { dataOffset, sizeBytes, data } of planned.files) {
    if (data instanceof Uint8Array) continue;
    // The gap before it is filled later, with documents or its header; padding reads as zeros.
    const start = dataOffset + excess;
    offsets.set(data, start);
    const fact = await withDirectWriter(appendTo(writeAt, start), (write) => copyLayer(data, write, context));
    excess += paddedTo512(fact.sizeBytes) - paddedTo512(sizeBytes);
    if (data.kind === 'generated') facts.set(data, fact);
  }
  for (const layer of layers) {
    if (layer.kind === 'existing' || facts.has(layer)) continue;
    // Another layer is the same blob, but this one may be damaged.
    facts.set(layer, await copyLayer(layer, async () => {}, context));
  }
  const composed = archiveDocuments(images, format, knownFacts(facts));
  const layout = tarLayout(composed);
  if (!hasOffsets(layout, offsets)) {
    // Layers that turn out as they were keep the original config, which may be longer. Others may turn out to be equal.
    truncate(0);
    return writeAgain(images, format, writeAt, knownFacts(facts), context);
  }
  for (const { header, offset, dataOffset, data } of layout.files) {
    writeAt(header, offset);
    if (!(data instanceof Uint8Array)) continue;
    writeAt(data, dataOffset);
  }
  writeAt(END_OF_TAR, layout.end);
  return composed.images;
}

/** Writes an archive from its start, without the parts of it that were written elsewhere. */
async function writeAgain(
  images: readonly NewImage[],
  format: TarFormat,
  writeAt: PositionedFile['writeAt'],
  factsOf: FactsOf,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  return withDirectWriter(appendTo(writeAt, 0), (write) =>
    writeInOrder(images, format, write, factsOf, async (layer, sink) => {
      await copyLayer(layer, sink, context);
    }),
  );
}

/** Returns a function that writes one chunk after the other, the first one at `start`. */
function appendTo(writeAt: PositionedFile['writeAt'], start: number): (chunk: Uint8Array) => void {
  let position = start;
  return (chunk) => {
    writeAt(chunk, position);
    position += chunk.length;
  };
}

/** Returns whether a layout has exactly these layers, at these positions. */
function hasOffsets({ files }: TarLayout, offsets: ReadonlyMap<NewLayer, number>): boolean {
  const layers = files.filter(({ data }) => !(data instanceof Uint8Array));
  return (
    layers.length === offsets.size &&
    layers.every(({ data, dataOffset }) => !(data instanceof Uint8Array) && offsets.get(data) === dataOffset)
  );
}
