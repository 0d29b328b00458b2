import { LayersError } from '@layers/errors';
import { textOfBytes } from '../findings/path-fields.js';
import { readContent } from '../image/contents/content.js';
import { type Changeset, linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { NONE } from '../rootfs/node-table.js';
import { splitPath } from '../rootfs/path.js';
import { resolvePath } from '../rootfs/rootfs.js';
import type { Analysis } from './analysis.js';
import { layerAt, pathNotFound, pathNotInLayer } from './list.js';

export interface CatOptions {
  /** A path as text, or as bytes where it is not UTF-8. */
  readonly path: string | Uint8Array;
  /** Position of a layer: reads its own entry, even where a later layer deleted or replaced the path. */
  readonly layer?: number | undefined;
}

const MAX_LINKS = 40;

/**
 * Yields the bytes of a file of the merged tree, or of a layer's own entry. Follows symlinks inside the image.
 *
 * Throws ERR_LAYERS_PATH_NOT_FOUND, ERR_LAYERS_NOT_A_FILE, ERR_LAYERS_LAYER_NOT_FOUND, and as `readContent` does.
 */
export function catFile(analysis: Analysis, options: CatOptions): AsyncGenerator<Uint8Array> {
  const { layer, entry } =
    options.layer === undefined
      ? findInTree(analysis, options.path)
      : findInLayer(analysis, options.path, options.layer);
  return readContent(analysis.image, layer, entry);
}

interface Place {
  readonly layer: number;
  readonly entry: number;
}

function findInTree(analysis: Analysis, path: string | Uint8Array): Place {
  const { nodes } = analysis.union;
  const node = resolve(analysis, path);
  if (nodes.kindOf(node) !== Kind.file) throw notAFile(path);
  return { layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
}

/** Returns the node of a path, with symlinks followed. Throws ERR_LAYERS_PATH_NOT_FOUND and ERR_LAYERS_NOT_A_FILE. */
function resolve(analysis: Analysis, path: string | Uint8Array): number {
  const resolved = resolvePath(analysis.union, path);
  if ('missing' in resolved) throw pathNotFound(analysis, resolved.missing);
  if ('loops' in resolved) throw tooManyLinks(path);
  return resolved.node;
}

function findInLayer(analysis: Analysis, path: string | Uint8Array, layer: number): Place {
  const changeset = layerAt(analysis, layer);
  let current = typeof path === 'string' ? Buffer.from(path) : path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = lastEntryAt(changeset, current);
    if (entry === NONE) throw pathNotInLayer(layer, textOfBytes(current).text);
    const kind = changeset.kind[entry];
    if (kind === Kind.file) return { layer, entry };
    if (kind !== Kind.link) throw notAFile(path);
    current = linkTargetOf(changeset, entry);
  }
  throw tooManyLinks(path);
}

/** Returns a layer's last entry of a path, or NONE. */
function lastEntryAt(changeset: Changeset, path: Uint8Array): number {
  const expected = cleanPath(path);
  for (let entry = changeset.count - 1; entry >= 0; entry--) {
    const kind = changeset.kind[entry];
    if (kind === Kind.ignored || kind === Kind.whiteout || kind === Kind.opaque) continue;
    if (expected.equals(pathOf(changeset, entry))) return entry;
  }
  return NONE;
}

/** Returns a path with a leading slash, without `.`, `..` and empty parts; the root for a path that climbs out. */
function cleanPath(path: Uint8Array): Buffer {
  const parts: number[] = [];
  const depth = splitPath(path, parts);
  if (typeof depth === 'string' || depth === 0) return Buffer.from('/');
  const names = Array.from({ length: depth }, (_, i) => path.subarray(parts[i * 2], parts[i * 2 + 1]));
  return Buffer.concat(names.flatMap((name) => [Buffer.from('/'), name]));
}

/** ELOOP, as the kernel reports it. */
function tooManyLinks(path: string | Uint8Array): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${quoted(path)} has too many links in its path`, {
    hint: 'its links form a cycle',
  });
}

function notAFile(path: string | Uint8Array): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${quoted(path)} is not a regular file`, {
    hint: 'list the path to see its type',
  });
}

function quoted(path: string | Uint8Array): string {
  return JSON.stringify(typeof path === 'string' ? path : textOfBytes(path).text);
}
