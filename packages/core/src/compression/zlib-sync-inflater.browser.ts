import type { Decoder } from './decoder.js';

/** A browser loads no addons. */
export function suitsZlibSync(_blobBytes: number): boolean {
  return false;
}

export function loadZlibSync(): null {
  return null;
}

export function zlibSyncDecoder(_library: null): Decoder {
  throw new TypeError('a browser has no zlib-sync');
}
