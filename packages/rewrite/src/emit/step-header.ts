import { NONE, nodePath, type Union } from '@layers/core/rootfs';
import { encodeHeader, type NewEntry } from '@layers/tar';
import { headerBytes } from '@layers/tar/internal';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { describedEntry, linkedEntry } from './described-entry.js';
import { whiteoutName } from './whiteout-name.js';

/** Returns the header blocks of a step that is not copied. Throws ERR_LAYERS_TAR_UNENCODABLE. */
export function stepHeader(union: Union, plan: TreePlan, step: number): Uint8Array {
  return encodeHeader(stepEntry(union, plan, step));
}

/** Returns the length in bytes of what `stepHeader` returns. */
export function stepHeaderBytes(union: Union, plan: TreePlan, step: number): number {
  return headerBytes(stepEntry(union, plan, step));
}

function stepEntry(union: Union, plan: TreePlan, step: number): NewEntry {
  const node = plan.node[step] ?? NONE;
  const action = plan.action[step];
  const path = tarName(union, node);
  if (action === Action.whiteout) return { path: whiteoutName(path), mode: 0o600 };
  if (action === Action.opaque) return { path: opaqueName(path), mode: 0o600 };
  const changeset = union.layers[plan.layer[step] ?? NONE];
  const entry = plan.entry[step] ?? NONE;
  if (changeset === undefined) return { path, type: 'directory', mode: 0o755 };
  if (action === Action.hardlink)
    return linkedEntry(changeset, entry, path, tarName(union, plan.target[step] ?? NONE));
  const described = describedEntry(changeset, entry, path);
  return action === Action.parent ? { ...described, mtime: 0, mtimeNs: 0 } : described;
}

/** Returns the name of a node in a tar: relative, the root as `./`. */
function tarName(union: Union, node: number): Uint8Array {
  const path = nodePath(union, node);
  return path.length === 1 ? Buffer.from('./') : path.subarray(1);
}

/** Returns the name of the opaque whiteout of a directory (OCI layer.md, "Opaque Whiteout"). */
function opaqueName(path: Uint8Array): Uint8Array {
  const isRoot = path.length === 2 && path[0] === 0x2e && path[1] === 0x2f;
  return isRoot ? OPAQUE : Buffer.concat([path, Buffer.from('/'), OPAQUE]);
}

const OPAQUE = Buffer.from('.wh..wh..opq');
