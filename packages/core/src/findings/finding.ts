import { printable } from '@layers/errors';
import { FINDING_SEVERITY, type FindingCode, type Severity } from './codes.js';

/** Where a finding is; each part is absent where it does not apply. */
export interface FindingPlace {
  /** The image, in a comparison. */
  readonly side?: 'a' | 'b';
  /** Position of the layer, from 0. */
  readonly layer?: number;
  /** Path in the image, from its root. */
  readonly path?: string;
  /** Base64 of the path's bytes, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** A file or folder outside of the image: an addition to it, or a blob of the store. */
  readonly file?: string;
  /** Digest of the blob. */
  readonly digest?: string;
  /** Position in bytes: in the layer's tar where `layer` or `path` is present, else in the archive. */
  readonly offset?: number;
  /** Names, or else ids, of the images of the store that are affected. */
  readonly images?: readonly string[];
}

/** Something odd that was tolerated, or damage that was found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence, without control characters. */
  readonly message: string;
  /** Absent where the finding is about the image or the archive as a whole. */
  readonly place?: FindingPlace;
}

export function createFinding(code: FindingCode, message: string, place?: FindingPlace): Finding {
  const finding = { code, severity: FINDING_SEVERITY[code], message: printable(message) };
  return place === undefined ? finding : { ...finding, place };
}

/** Returns the finding with further parts of its place. */
export function withPlace(finding: Finding, place: FindingPlace): Finding {
  return { ...finding, place: { ...place, ...finding.place } };
}
