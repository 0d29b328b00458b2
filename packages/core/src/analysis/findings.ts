import { printable } from '@layers/errors';
import type { DescriptionFindingCode } from '../image/describe/description.js';
import type { ReadImage } from '../image/read-image.js';
import type { LayerFindingCode } from '../rootfs/finding.js';
import type { Analysis } from './analysis.js';
import type { Finding } from './documents.js';

/** What can be odd about comparing two images. */
export type ComparisonFindingCode = 'no-path-included' | 'package-database-unreadable' | 'renames-not-sought';

export type FindingCode = LayerFindingCode | DescriptionFindingCode | ComparisonFindingCode;

/**
 * How much each finding matters. `error`: what is shown is not, or not all of, what the image claims to be.
 * `warning`: tools read this image differently. `note`: odd, and without consequences.
 */
export const FINDING_SEVERITY: Readonly<Record<FindingCode, Finding['severity']>> = {
  'digest-mismatch': 'error',
  'diff-id-mismatch': 'error',
  'size-mismatch': 'error',
  'image-id-mismatch': 'error',
  'layer-missing': 'error',
  'layer-count-mismatch': 'error',
  'manifest-unreadable': 'error',
  'manifests-disagree': 'error',
  'tags-disagree': 'warning',
  'name-climbs-out': 'warning',
  'name-too-long': 'warning',
  'name-has-nul': 'warning',
  'reserved-name': 'warning',
  'bare-whiteout': 'warning',
  'root-not-directory': 'warning',
  'unknown-type': 'warning',
  'whiteout-with-entry': 'warning',
  'duplicate-entry': 'warning',
  'parent-not-directory': 'warning',
  'link-to-lower-layer': 'warning',
  'link-before-target': 'warning',
  'dangling-link': 'warning',
  'link-to-directory': 'warning',
  'history-mismatch': 'warning',
  'duplicate-file': 'warning',
  'no-path-included': 'warning',
  'package-database-unreadable': 'warning',
  'renames-not-sought': 'note',
  'archive-oddity': 'note',
  'tar-oddity': 'note',
  'whiteout-of-nothing': 'note',
  'schema-version': 'note',
  'platform-absent': 'note',
  'layer-not-distributable': 'note',
  'more-findings': 'note',
};

/** What is odd about the archive and the image's documents, by code in one list. */
export function imageFindings(image: ReadImage): Finding[] {
  return [...image.archive.findings, ...image.description.findings, ...image.findings].map(
    ({ code, layer, message }) => ({
      code,
      severity: FINDING_SEVERITY[code],
      layer,
      path: null,
      message: printable(message),
    }),
  );
}

/** All findings: those of the image, then layer by layer those of its tar and of joining it to what lies below. */
export function allFindings({ image, union }: Pick<Analysis, 'image' | 'union'>): Finding[] {
  const ofLayers = union.layers.flatMap((changeset, layer) =>
    [...changeset.findings, ...(union.changes[layer]?.findings ?? [])].map(
      ({ code, path, message }): Finding => ({
        code,
        severity: FINDING_SEVERITY[code],
        layer,
        path,
        message,
      }),
    ),
  );
  return [...imageFindings(image), ...ofLayers];
}
