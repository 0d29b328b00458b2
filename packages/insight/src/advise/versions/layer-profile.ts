import { createDigester, hexOf } from '@layers/core/digest';
import { canonicalDigests, changesetOf, type ReadImage } from '@layers/core/image';
import { type Changeset, Kind, pathOf } from '@layers/core/rootfs';

/** The files of a layer, so that two builds of it can be compared: paths, attributes and contents, but no times. */
export interface LayerProfile {
  /** A hash of each file, ascending. */
  readonly hashes: Float64Array;
  /** The size of each file, in the same order. */
  readonly sizes: Float64Array;
  /** The sum of `sizes`. */
  readonly bytes: number;
}

/** Layers with more files are not compared, so that memory is bounded. */
export const MAX_FILES = 250_000;

/**
 * Returns the profile of a layer; null for one with too many files. Reads its contents. Throws as reading contents does.
 *
 * Compiled Python files count by their size: they contain the time of their source.
 */
export async function layerProfile(image: ReadImage, position: number): Promise<LayerProfile | null> {
  const layer = image.layers[position];
  if (layer === undefined) return null;
  const changeset = changesetOf(layer);
  if (changeset.count > MAX_FILES) return null;
  const files: { readonly entry: number; readonly path: Uint8Array; readonly isTimed: boolean }[] = [];
  for (let entry = 0; entry < changeset.count; entry++) {
    if (changeset.kind[entry] !== Kind.file || (changeset.size[entry] ?? 0) === 0) continue;
    const path = pathOf(changeset, entry);
    files.push({ entry, path, isTimed: endsWith(path, '.pyc') });
  }
  const read = files.filter(({ isTimed }) => !isTimed);
  const digests = await canonicalDigests(
    image,
    read.map(({ entry }) => ({ layer: position, entry })),
  );
  const digestOf = new Map(read.map(({ entry }, i) => [entry, digests[i] ?? '']));
  const hashed = files
    .map(({ entry, path }) => ({
      hash: hashOf(changeset, entry, path, digestOf.get(entry) ?? ''),
      size: changeset.size[entry] ?? 0,
    }))
    .sort((a, b) => a.hash - b.hash);
  return {
    hashes: Float64Array.from(hashed, ({ hash }) => hash),
    sizes: Float64Array.from(hashed, ({ size }) => size),
    bytes: hashed.reduce((sum, { size }) => sum + size, 0),
  };
}

/** Logs, caches and records of times differ in every build. */
const SAME_SHARE = 0.95;

/** Whether two builds of a layer have the same files, but for a few bytes. */
export function isSameBuild(a: LayerProfile, b: LayerProfile): boolean {
  if (a.hashes.length === 0 && b.hashes.length === 0) return true;
  let common = 0;
  for (let i = 0, j = 0; i < a.hashes.length && j < b.hashes.length; ) {
    const [left, right] = [a.hashes[i] ?? 0, b.hashes[j] ?? 0];
    if (left === right) common += a.sizes[i] ?? 0;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return common > 0 && common >= SAME_SHARE * Math.max(a.bytes, b.bytes);
}

/** Hexadecimal digits of a hash that a number holds exactly. */
const HASH_DIGITS = 12;

function hashOf(changeset: Changeset, entry: number, path: Uint8Array, digest: string): number {
  const { mode, uid, gid, size } = changeset;
  const digester = createDigester();
  digester.update(path);
  digester.update(Buffer.from(`\0${mode[entry]} ${uid[entry]} ${gid[entry]} ${size[entry]} ${digest}`));
  return Number.parseInt(hexOf(digester.digest()).slice(0, HASH_DIGITS), 16);
}

function endsWith(path: Uint8Array, suffix: string): boolean {
  return Buffer.from(path.buffer, path.byteOffset, path.length)
    .subarray(-suffix.length)
    .equals(Buffer.from(suffix));
}
