import { type Finding, withPlace } from '../findings/finding.js';
import type { ReadImage } from '../image/read-image.js';
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
