import { type Finding, withPlace } from '../findings/finding.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import type { Analysis } from './analysis.js';

/** Returns the findings about the archive and the documents of the image. */
export function imageFindings({ archive, description, findings }: ReadImage): Finding[] {
  return [...archive.findings, ...description.findings, ...findings];
}

/** Returns all findings: those of the image, then layer by layer those of its tar and of its place in the union. */
export function allFindings({ image, union }: Pick<Analysis, 'image' | 'union'>): Finding[] {
  const ofLayers = union.layers.flatMap((changeset, layer) =>
    [...changeset.findings, ...(union.changes[layer]?.findings ?? [])].map((finding) =>
      withPlace(finding, { layer }),
    ),
  );
  return [...imageFindings(image), ...ofLayers];
}

/** Returns all findings but those about layers on top of each other, which only the merge of all layers shows. */
export function findingsOfLayers(image: ReadImage): Finding[] {
  const ofLayers = image.layers.flatMap((layer) =>
    changesetOf(layer).findings.map((finding) => withPlace(finding, { layer: layer.position })),
  );
  return [...imageFindings(image), ...ofLayers];
}
