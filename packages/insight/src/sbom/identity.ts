import { createHash } from 'node:crypto';
import type { PackagesDocument } from '../packages/document.js';
import type { SbomOptions } from './options.js';

/** Returns what identifies the image: its digest, its id, or null where it has neither. */
export function imageVersion({ image }: PackagesDocument): string | null {
  return image.manifestDigest ?? image.id;
}

/** Returns the name of the image without its tag, for people. */
export function imageName({ image }: PackagesDocument): string {
  return image.tags[0] ?? 'untagged';
}

/**
 * Returns a UUID that is the same for the same packages of the same image.
 *
 * @see RFC 9562, 5.8: version 8, of which the bits are of our own making
 */
export function documentUuid(document: PackagesDocument): string {
  const hash = createHash('sha256').update(JSON.stringify([imageName(document), imageVersion(document)]));
  for (const { purl, path, innerPath, layer, visible } of document.packages) {
    hash.update(JSON.stringify([purl, path, innerPath, layer, visible]));
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The last second of the year 9999, beyond which no format has times. */
const MAX_SECONDS = 253_402_300_799;

/** Returns the time of the document: as given, or when the image was created. Null where neither is known. */
export function documentTime({ image }: PackagesDocument, { time }: SbomOptions): Date | null {
  const seconds = time ?? Math.floor(Date.parse(image.created ?? '') / 1000);
  return seconds >= 0 && seconds <= MAX_SECONDS ? new Date(seconds * 1000) : null;
}
