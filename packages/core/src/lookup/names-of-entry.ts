import { splitPath } from '../rootfs/path.js';

/** Returns the names of a path as a tar has it; null where it is refused, such as one that climbs out. */
export function namesOfEntry(path: Uint8Array): Uint8Array[] | null {
  const parts: number[] = [];
  const depth = splitPath(path, parts);
  if (typeof depth === 'string') return null;
  return Array.from({ length: depth }, (_, i) => path.subarray(parts[i * 2], parts[i * 2 + 1]));
}
