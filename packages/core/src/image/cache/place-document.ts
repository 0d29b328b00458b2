import * as v from 'valibot';
import { type Digest, isDigest } from '../../digest/digest.js';

/** What stands at a place. */
export interface PlaceDocument {
  /** The computed digest of the blob. */
  readonly digest: Digest;
  /** See `sampleOf`. */
  readonly sample: string;
}

const placeDocument = v.strictObject({
  digest: v.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  sample: v.string(),
});

export function encodePlace(document: PlaceDocument): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}

/** Returns what `encodePlace` encoded; null for other bytes. */
export function decodePlace(bytes: Uint8Array): PlaceDocument | null {
  try {
    const parsed = v.safeParse(placeDocument, JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
