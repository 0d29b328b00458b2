import type { ImageDescription } from '../image/describe/description.js';
import type { Archive } from '../image/open-archive.js';
import type { ReadImage } from '../image/read-image.js';
import { joinHistory } from '../oci/history.js';
import { cleanInstruction } from '../oci/instruction.js';
import { contentBytesOf } from '../rootfs/changeset.js';
import { declaredBytes } from './declared-bytes.js';
import { type HistoryDocument, type HistoryStep, SCHEMA_VERSION } from './documents.js';
import { imageFindings } from './findings.js';
import { imageInfo } from './image-info.js';

/** Returns the history of an image: every step, newest first, with its layer. */
export function historyDocument(image: ReadImage): HistoryDocument {
  const sizes = image.layers.map(({ index }) => ({
    contentBytes: index === null ? 0 : contentBytesOf(index.changeset),
    storedBytes: index?.storedBytes ?? 0,
  }));
  return documentOf(image.archive, image.description, sizes, imageFindings(image));
}

/** Returns the history that the config of an image declares. Its layers are not read. */
export function declaredHistoryDocument(archive: Archive, description: ImageDescription): HistoryDocument {
  const sizes = description.layers.map((layer) => ({
    contentBytes: null,
    storedBytes: declaredBytes(layer),
  }));
  return documentOf(archive, description, sizes, [...archive.findings, ...description.findings]);
}

/** The sizes of a layer in the history. */
type Sizes = Pick<HistoryStep, 'contentBytes' | 'storedBytes'>;

const NO_LAYER: Sizes = { contentBytes: 0, storedBytes: 0 };

function documentOf(
  { source }: Archive,
  description: ImageDescription,
  sizes: readonly Sizes[],
  findings: HistoryDocument['findings'],
): HistoryDocument {
  const { entries } = joinHistory(description.config.history, sizes.length);
  const steps = entries.map(({ history, layer }): HistoryStep => {
    const { contentBytes, storedBytes } = layer === undefined ? NO_LAYER : (sizes[layer] ?? NO_LAYER);
    return {
      layer: layer ?? null,
      created: history?.created ?? null,
      createdBy: history?.createdBy ?? null,
      instruction: history?.createdBy === undefined ? null : cleanInstruction(history.createdBy),
      comment: history?.comment ?? null,
      author: history?.author ?? null,
      emptyLayer: history?.emptyLayer ?? false,
      contentBytes,
      storedBytes,
      diffId: layer === undefined ? null : (description.layers[layer]?.diffId ?? null),
    };
  });
  return {
    schemaVersion: SCHEMA_VERSION,
    source,
    image: imageInfo(description),
    history: steps.reverse(),
    findings,
  };
}
