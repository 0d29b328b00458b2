import type { ReadImage } from '../image/read-image.js';
import { joinHistory } from '../oci/history.js';
import { cleanInstruction } from '../oci/instruction.js';
import { contentBytesOf } from '../rootfs/changeset.js';
import { type HistoryDocument, type HistoryStep, SCHEMA_VERSION } from './documents.js';
import { imageFindings } from './findings.js';
import { imageInfo } from './image-info.js';

/** Returns the history of an image: every step, newest first, with its layer. */
export function historyDocument(image: ReadImage): HistoryDocument {
  const { entries } = joinHistory(image.description.config.history, image.layers.length);
  const steps = entries.map(({ history, layer }): HistoryStep => {
    const read = layer === undefined ? undefined : image.layers[layer];
    return {
      layer: layer ?? null,
      created: history?.created ?? null,
      createdBy: history?.createdBy ?? null,
      instruction: history?.createdBy === undefined ? null : cleanInstruction(history.createdBy),
      comment: history?.comment ?? null,
      author: history?.author ?? null,
      emptyLayer: history?.emptyLayer ?? false,
      contentBytes: read?.index == null ? 0 : contentBytesOf(read.index.changeset),
      storedBytes: read?.index?.storedBytes ?? 0,
      diffId: read?.description.diffId ?? null,
    };
  });
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    history: steps.reverse(),
    findings: imageFindings(image),
  };
}
