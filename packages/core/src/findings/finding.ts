import { printable } from '@layers/errors';
import { FINDING_SEVERITY, type FindingCode } from './codes.js';

/** A tolerated oddity, or damage of an image or the store. */
export interface Finding {
  readonly code: FindingCode;
  /**
   * `error`: the image or the store is damaged or incomplete. `warning`: tools read this image differently, or a part
   * was not compared. `note`: unusual, without consequences.
   */
  readonly severity: 'note' | 'warning' | 'error';
  /** One sentence without control characters. */
  readonly message: string;
  /** The location; absent where the finding is about the whole image or archive. Fields that do not apply are absent. */
  readonly place?: {
    /** The image, in a comparison. */
    readonly side?: 'a' | 'b';
    /** Position of the layer, from 0. */
    readonly layer?: number;
    /** Path in the image, from its root. */
    readonly path?: string;
    /** The bytes of the path in base64, where they are not UTF-8. */
    readonly pathBase64?: string;
    /** A file or directory outside the image: an addition to it, or a blob of the store. */
    readonly file?: string;
    /** Digest of the blob. */
    readonly digest?: string;
    /** Position in bytes: in the layer's tar where `layer` or `path` is present, else in the archive. */
    readonly offset?: number;
    /** Names, or else ids, of the affected images of the store. */
    readonly images?: readonly string[];
  };
}

export type FindingPlace = NonNullable<Finding['place']>;

export function createFinding(code: FindingCode, message: string, place?: FindingPlace): Finding {
  const finding = { code, severity: FINDING_SEVERITY[code], message: printable(message) };
  return place === undefined ? finding : { ...finding, place };
}

/** Returns the finding with additional fields of its place. */
export function withPlace(finding: Finding, place: FindingPlace): Finding {
  return { ...finding, place: { ...place, ...finding.place } };
}
