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
  /** Position of a layer whose own entry is read, whatever later layers did to the path. */
  readonly layer?: number | undefined;
}

const MAX_LINKS = 40;

/**
 * The bytes of a file of the merged tree, symlinks followed within the image; or of a layer's own entry.
 *
 * Throws ERR_LAYERS_PATH_NOT_FOUND, ERR_LAYERS_NOT_A_FILE, and what `readContent` throws.
 */
export function catFile(analysis: Analysis, options: CatOptions): AsyncGenerator<Uint8Array> {
  const { layer, entry } =
    options.layer === undefined
      ? inTree(analysis, options.path)
      : inLayer(analysis, options.path, options.layer);
  return readContent(analysis.image, layer, entry);
}

interface Place {
  readonly layer: number;
  readonly entry: number;
}

function inTree(analysis: Analysis, path: string): Place {
  const { nodes } = analysis.union;
  const node = resolve(analysis, path);
  if (nodes.kindOf(node) !== Kind.file) throw notAFile(path);
  return { layer: nodes.layerOf(node), entry: nodes.entryOf(node) };
}

/** The node that a path leads to once symlinks are followed. Throws where there is none. */
function resolve(analysis: Analysis, path: string): number {
  const resolved = resolvePath(analysis.union, path);
  if ('missing' in resolved) throw pathNotFound(analysis, resolved.missing);
  if ('loops' in resolved) throw tooManyLinks(path);
  return resolved.node;
}

function inLayer(analysis: Analysis, path: string, layer: number): Place {
  const changeset = layerAt(analysis, layer);
  let wanted = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const entry = lastEntryAt(changeset, wanted);
    if (entry === NONE) throw pathNotInLayer(layer, wanted);
    const kind = changeset.kind[entry];
    if (kind === Kind.file) return { layer, entry };
    if (kind !== Kind.link) throw notAFile(path);
    wanted = Buffer.from(linkTargetOf(changeset, entry)).toString('utf8');
  }
  throw tooManyLinks(path);
}

/** The layer's own entry of a path, the last one where it has several; NONE where it has none. */
function lastEntryAt(changeset: Changeset, path: string): number {
  const wanted = Buffer.from(`/${cleanName(path) ?? ''}`);
  for (let entry = changeset.count - 1; entry >= 0; entry--) {
    const kind = changeset.kind[entry];
    if (kind === Kind.ignored || kind === Kind.whiteout || kind === Kind.opaque) continue;
    if (pathOf(changeset, entry).equals(wanted)) return entry;
  }
  return NONE;
}

function tooManyLinks(path: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${JSON.stringify(path)} leads through too many links`, {
    hint: 'its links go in a circle',
  });
}

function notAFile(path: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_FILE', `${JSON.stringify(path)} is not a regular file`, {
    hint: 'layers ls -l shows what it is',
  });
}
