import { type Changeset, Kind, type NodeType, nodeTypeOf } from '@layers/core/rootfs';
import type { PathState } from '../events/path-events.js';

/** Conditions on a state of a path. All must hold. */
export interface FindFilters {
  /** A regular file of at least so many bytes. */
  readonly minBytes?: number | undefined;
  /** A regular file of at most so many bytes. */
  readonly maxBytes?: number | undefined;
  /** One of these types. */
  readonly types?: readonly NodeType[] | undefined;
  /** Modified after this time, in seconds since 1970. Directories without an entry have no time. */
  readonly newerThan?: number | undefined;
  /** A regular file that runs with the rights of another user or group, or with capabilities. */
  readonly privileged?: boolean | undefined;
}

const SETUID_OR_SETGID = 0o6000;
const CAPABILITIES = 'security.capability';

/** Returns a function that tells whether a state of a path meets all conditions. */
export function createStateFilter(
  layers: readonly Changeset[],
  { minBytes, maxBytes, types, newerThan, privileged = false }: FindFilters,
): (state: PathState) => boolean {
  const isSized = minBytes !== undefined || maxBytes !== undefined;
  return ({ kind, layer, entry }) => {
    const changeset = layers[layer];
    if (types !== undefined && !types.includes(nodeTypeOf(kind) ?? 'file')) return false;
    if ((isSized || privileged) && kind !== Kind.file) return false;
    const size = changeset?.size[entry] ?? 0;
    if (size < (minBytes ?? 0) || size > (maxBytes ?? Infinity)) return false;
    if (newerThan !== undefined && !(timeOf(changeset, entry) > newerThan)) return false;
    return !privileged || (changeset !== undefined && isPrivileged(changeset, entry));
  };
}

function timeOf(changeset: Changeset | undefined, entry: number): number {
  const seconds = changeset?.mtime[entry] ?? -Infinity;
  return seconds + (changeset?.mtimeNs?.[entry] ?? 0) / 1e9;
}

function isPrivileged(changeset: Changeset, entry: number): boolean {
  const mode = changeset.mode[entry] ?? 0;
  return (mode & SETUID_OR_SETGID) !== 0 || changeset.xattrs.get(entry)?.has(CAPABILITIES) === true;
}
