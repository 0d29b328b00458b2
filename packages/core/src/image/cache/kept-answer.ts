import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { SyncByteSource } from '../../io/byte-source.js';
import { sampleOf } from './layer-place.js';

/** More samples than of a layer: an archive has several layers. */
const SAMPLES = 32;

const answer = v.strictObject({
  /** See `sampleOf`. */
  sample: v.string(),
  document: v.unknown(),
});

/**
 * Returns the document of an archive as bytes, with a sample of the archive; null for a document that JSON cannot express
 * exactly. Throws ERR_LAYERS_READ.
 */
export function encodeAnswer(source: SyncByteSource, document: unknown): Uint8Array | null {
  const text = JSON.stringify({ sample: sampleOf(source, SAMPLES), document });
  const read: { readonly document?: unknown } = JSON.parse(text);
  return isDeepStrictEqual(read.document, document) ? Buffer.from(text) : null;
}

/**
 * Returns the document that `encodeAnswer` encoded; undefined for other bytes, and where the archive has other samples.
 * Throws ERR_LAYERS_READ.
 */
export function decodeAnswer(source: SyncByteSource, bytes: Uint8Array): unknown {
  const parsed = v.safeParse(answer, parse(bytes));
  if (!parsed.success || parsed.output.sample !== sampleOf(source, SAMPLES)) return undefined;
  return parsed.output.document;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
