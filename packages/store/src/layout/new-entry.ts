import type { Digest } from '@layers/core/digest';
import type { Descriptor, Platform } from '@layers/core/oci';
import type { IndexEntry } from './index-entry.js';

/** An entry without a name (OCI image-index.md). */
export function newEntry(
  mediaType: string,
  digest: Digest,
  size: number,
  platform: Platform | undefined,
): IndexEntry {
  const descriptor: Descriptor = {
    mediaType,
    digest,
    size,
    platform,
    artifactType: undefined,
    annotations: new Map(),
    urls: [],
    data: undefined,
  };
  const raw = {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform: platformOf(platform) }),
  };
  return { descriptor, raw, name: null };
}

function platformOf({ architecture, os, osVersion, variant }: Platform): object {
  return {
    architecture,
    os,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(variant === undefined ? {} : { variant }),
  };
}
