import { Kind, linkTargetOf, NONE, nodePath, type Union } from '@layers/core';
import { encodeHeader, type NewEntry } from '@layers/tar';
import { How, type TreePlan } from '../plan/tree-plan.js';

const TYPES: ReadonlyMap<number, NonNullable<NewEntry['type']>> = new Map([
  [Kind.file, 'file'],
  [Kind.symlink, 'symlink'],
  [Kind.char, 'char'],
  [Kind.block, 'block'],
  [Kind.directory, 'directory'],
  [Kind.fifo, 'fifo'],
]);

/** The header blocks of a step that is not kept as it stands. Throws ERR_LAYERS_TAR_UNENCODABLE. */
export function memberHeader(union: Union, plan: TreePlan, step: number): Uint8Array {
  const node = plan.node[step] ?? NONE;
  const how = plan.how[step];
  const path = memberName(union, node);
  if (how === How.hide) return encodeHeader({ path: whiteoutName(path), mode: 0o600 });
  const changeset = union.layers[plan.layer[step] ?? NONE];
  const entry = plan.entry[step] ?? NONE;
  if (changeset === undefined) return encodeHeader({ path, type: 'directory', mode: 0o755 });
  // Written out, for an object that is put together from others takes longer than the header.
  const isLink = how === How.link;
  const kind = changeset.kind[entry] ?? Kind.ignored;
  const device = isLink ? undefined : changeset.devices.get(entry);
  return encodeHeader({
    path,
    type: isLink ? 'link' : (TYPES.get(kind) ?? 'file'),
    size: isLink ? 0 : (changeset.size[entry] ?? 0),
    linkpath: isLink
      ? memberName(union, plan.target[step] ?? NONE)
      : kind === Kind.symlink
        ? linkTargetOf(changeset, entry)
        : '',
    mode: changeset.mode[entry] ?? 0,
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mtime: changeset.mtime[entry] ?? 0,
    mtimeNanoseconds: changeset.mtimeNanoseconds?.[entry] ?? 0,
    // A link has the inode's attributes; its xattrs stand with the file.
    xattrs: isLink ? null : (changeset.xattrs.get(entry) ?? null),
    devmajor: device?.[0] ?? 0,
    devminor: device?.[1] ?? 0,
  });
}

/** A path as tars name it: relative, the root as `./`. */
function memberName(union: Union, node: number): Uint8Array {
  const path = nodePath(union, node);
  return path.length === 1 ? Buffer.from('./') : path.subarray(1);
}

function whiteoutName(path: Uint8Array): Uint8Array {
  const slash = path.lastIndexOf(0x2f);
  return Buffer.concat([path.subarray(0, slash + 1), Buffer.from('.wh.'), path.subarray(slash + 1)]);
}
