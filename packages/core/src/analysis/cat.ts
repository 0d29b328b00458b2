import { LayersError } from '@layers/errors';
import { cleanName } from '../image/archive/archive-reader.js';
import { readContent } from '../image/contents/content.js';
import { type Changeset, linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { NONE } from '../rootfs/node-table.js';
import { resolvePath } from '../rootfs/rootfs.js';
import type { Analysis } from './analysis.js';
import { layerAt, pathNotFound, pathNotInLayer } from './list.js';

export interface CatOptions {
  readonly path: string;
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

function findInTree(analysis: Analysis, path: string): Place {
  const { nodes } = analysis.union;
  const node = resolve(analysis, path);
  if (nodes.kindOf(node) !== Kind.file) throw notAFile(path);
  return { layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
}

/** Returns the node of a path, with symlinks followed. Throws ERR_LAYERS_PATH_NOT_FOUND and ERR_LAYERS_NOT_A_FILE. */
function resolve(analysis: Analysis, path: string): number {
  const resolved = resolvePath(analysis.union, path);
  if ('missing' in resolved) throw pathNotFound(analysis, resolved.missing);
  if ('loops' in resolved) throw tooManyLinks(path);
  return resolved.node;
}

function findInLayer(analysis: Analysis, path: string, layer: number): Place {
  const changeset = layerAt(analysis, layer);
  let current = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = lastEntryAt(changeset, current);
    if (entry === NONE) throw pathNotInLayer(layer, current);
    const kind = changeset.kind[entry];
    if (kind === Kind.file) return { layer, entry };
    if (kind !== Kind.link) throw notAFile(path);
    current = Buffer.from(linkTargetOf(changeset, entry)).toString('utf8');
  }
  throw tooManyLinks(path);
}

/** Returns a layer's last entry of a path, or NONE. */
function lastEntryAt(changeset: Changeset, path: string): number {
  const expected = Buffer.from(`/${cleanName(path) ?? ''}`);
  for (let entry = changeset.count - 1; entry >= 0; entry--) {
    const kind = changeset.kind[entry];
    if (kind === Kind.ignored || kind === Kind.whiteout || kind === Kind.opaque) continue;
    if (expected.equals(pathOf(changeset, entry))) return entry;
  }
  return NONE;
}

/** ELOOP, as the kernel reports it. */
function tooManyLinks(path: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${JSON.stringify(path)} has too many links in its path`, {
    hint: 'its links form a cycle',
  });
}

function notAFile(path: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${JSON.stringify(path)} is not a regular file`, {
    hint: 'list the path to see its type',
  });
}
