import { type OutputFile, withBufferedWriter } from '@layers/core/io';
import { END_OF_TAR, paddingFor } from '@layers/tar';
import type { NewImage, NewLayer, WrittenImage } from '../image/new-image.js';
import { type ArchiveFormat, archiveDocuments } from './archive-documents.js';
import { type CopyContext, copyLayer, type Sink } from './copy-layer.js';
import {
  type FactsOf,
  factsInAdvance,
  internalError,
  knownFacts,
  placeholderFacts,
  uniqueLayers,
} from './layer-facts.js';
import { stageLayers } from './stage-layers.js';
import { type TarLayout, tarLayout } from './tar-layout.js';

export type TarFormat = Exclude<ArchiveFormat, 'oci-dir'>;

/**
 * Writes an archive. Its documents come first, and contain the digests of layers. If the output is a file and all sizes
 * are known, the documents are written last, into the space left for them; otherwise generated layers are first written
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
  const placeholders = placeholderFacts(layers);
  if (file.writeAt !== null && placeholders !== null)
    return writeInPlace(images, format, file.writeAt, placeholders, context);
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

async function writeInPlace(
  images: readonly NewImage[],
  format: TarFormat,
  writeAt: NonNullable<OutputFile['writeAt']>,
  placeholders: FactsOf,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  const planned = tarLayout(archiveDocuments(images, format, placeholders));
  // Of layers with the same digest, only the first is written.
  const facts = new Map(factsInAdvance(uniqueLayers(images)));
  let position = 0;
  const append = (bytes: Uint8Array): Promise<void> => {
    const at = position;
    position += bytes.length;
    return writeAt(bytes, at);
  };
  await withBufferedWriter(append, async ({ write, flush }) => {
    for (const { dataOffset, data } of planned.files) {
      if (data instanceof Uint8Array) continue;
      // The gap before it is filled later, with documents or its header; padding reads as zeros.
      await flush();
      position = dataOffset;
      const fact = await copyLayer(data, write, context);
      if (data.kind === 'generated') facts.set(data, fact);
    }
  });
  const composed = archiveDocuments(images, format, knownFacts(facts));
  const layout = tarLayout(composed);
  if (!hasSameOffsets(planned, layout)) {
    // Layers that turn out as they were keep the original config, which may be longer.
    if (layout.end < planned.end) throw internalError('its documents became shorter');
    return writeAgain(images, format, writeAt, knownFacts(facts), context);
  }
  for (const { header, offset, dataOffset, data } of layout.files) {
    await writeAt(header, offset);
    if (!(data instanceof Uint8Array)) continue;
    await writeAt(data, dataOffset);
  }
  await writeAt(END_OF_TAR, layout.end);
  return composed.images;
}

/** Writes an archive from its start, over a part of it whose documents had another length. */
async function writeAgain(
  images: readonly NewImage[],
  format: TarFormat,
  writeAt: NonNullable<OutputFile['writeAt']>,
  factsOf: FactsOf,
  context: CopyContext,
): Promise<readonly WrittenImage[]> {
  let position = 0;
  const append = (bytes: Uint8Array): Promise<void> => {
    const at = position;
    position += bytes.length;
    return writeAt(bytes, at);
  };
  return withBufferedWriter(append, ({ write }) =>
    writeInOrder(images, format, write, factsOf, async (layer, sink) => {
      await copyLayer(layer, sink, context);
    }),
  );
}

function hasSameOffsets(planned: TarLayout, actual: TarLayout): boolean {
  return (
    planned.end === actual.end &&
    planned.files.length === actual.files.length &&
    actual.files.every(({ offset, dataOffset, sizeBytes }, index) => {
      const plan = planned.files[index];
      return plan?.offset === offset && plan.dataOffset === dataOffset && plan.sizeBytes === sizeBytes;
    })
  );
}
