import type { Inflater } from './inflater-types.js';

/** A browser loads no addons. */
export function suitsZlibSync(_blobBytes: number): boolean {
  return false;
}

export function loadZlibSync(): null {
  return null;
}

export function zlibSyncInflater(_library: null): Inflater {
  throw new TypeError('a browser has no zlib-sync');
}
