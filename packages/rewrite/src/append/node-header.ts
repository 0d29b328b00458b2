import { Kind, linkTargetOf, nodePath } from '@layers/core';
import { encodeHeader, type NewEntry } from '@layers/tar';
import { Mark } from './marks.js';
import { type Stacked, whiteoutOf } from './stacked.js';

const TYPES: ReadonlyMap<number, NonNullable<NewEntry['type']>> = new Map([
  [Kind.file, 'file'],
  [Kind.symlink, 'symlink'],
  [Kind.char, 'char'],
  [Kind.block, 'block'],
  [Kind.directory, 'directory'],
  [Kind.fifo, 'fifo'],
]);

/**
 * The header of a node, or of its whiteout. Throws ERR_LAYERS_TAR_UNENCODABLE.
 *
 * @param madeTime seconds since 1970, for what has no entry of its own
 */
export function nodeHeader(stack: Stacked, marks: Uint8Array, node: number, madeTime: number): Uint8Array {
  const path = nodePath(stack.after, node).subarray(1);
  if (marks[node] === Mark.whiteout)
    return encodeHeader({ path: whiteoutOf(path), size: 0, mtime: madeTime });
  // An addition may have placed it too, with another time or without its xattrs.
  const { layers, nodes } = marks[node] === Mark.parent ? stack.before : stack.after;
  const kind = nodes.kindOf(node);
  const type = TYPES.get(kind) ?? 'file';
  const layer = layers[nodes.layerOf(node)];
  if (layer === undefined) return encodeHeader({ path, type, mtime: madeTime });
  const entry = nodes.entryOf(node);
  const [devmajor, devminor] = layer.devices.get(entry) ?? [0, 0];
  return encodeHeader({
    path,
    type,
    size: layer.size[entry] ?? 0,
    mode: layer.mode[entry] ?? 0,
    uid: layer.uid[entry] ?? 0,
    gid: layer.gid[entry] ?? 0,
    mtime: layer.mtime[entry] ?? 0,
    mtimeNanoseconds: layer.mtimeNanoseconds?.[entry] ?? 0,
    linkpath: kind === Kind.symlink ? linkTargetOf(layer, entry) : '',
    devmajor,
    devminor,
    xattrs: layer.xattrs.get(entry) ?? null,
  });
}

/** The header of a further name of what another node names. Throws ERR_LAYERS_TAR_UNENCODABLE. */
export function linkHeader({ after }: Stacked, node: number, target: number): Uint8Array {
  const layer = after.layers[after.nodes.layerOf(node)];
  const entry = after.nodes.entryOf(node);
  return encodeHeader({
    path: nodePath(after, node).subarray(1),
    type: 'link',
    linkpath: nodePath(after, target).subarray(1),
    mode: layer?.mode[entry] ?? 0o644,
    uid: layer?.uid[entry] ?? 0,
    gid: layer?.gid[entry] ?? 0,
    mtime: layer?.mtime[entry] ?? 0,
    mtimeNanoseconds: layer?.mtimeNanoseconds?.[entry] ?? 0,
  });
}
