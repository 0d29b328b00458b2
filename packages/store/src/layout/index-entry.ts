import type { Digest } from '@layers/core/digest';
import { type Descriptor, descriptorPlatform, type Platform } from '@layers/core/oci';

/** A descriptor of `index.json` (OCI image-index.md). */
export interface IndexEntry {
  readonly descriptor: Descriptor;
  /** Its name as docker prints it, `alpine:3.20`; null if it has none. Not checked: another tool may write any text. */
  readonly name: string | null;
  /** The descriptor as JSON, with unknown fields. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Returns a new entry without a name. */
export function newEntry(
  mediaType: string,
  digest: Digest,
  size: number,
  platform: Platform | undefined,
): IndexEntry {
  const written = platform === undefined ? null : descriptorPlatform(platform);
  const descriptor: Descriptor = {
    mediaType,
    digest,
    size,
    platform: written === null ? undefined : platform,
    artifactType: undefined,
    annotations: new Map(),
    urls: [],
    data: undefined,
  };
  const raw = { mediaType, digest, size, ...(written === null ? {} : { platform: written }) };
  return { descriptor, raw, name: null };
}
