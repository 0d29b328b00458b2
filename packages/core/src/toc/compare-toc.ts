import { pathFields } from '../findings/path-fields.js';
import { type Changeset, linkTargetOf, pathOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';

/** How a TOC and the tar of its layer disagree about one path. */
export interface TocDifference {
  /** What differs, such as `size`. */
  readonly what: string;
  readonly place: { readonly path: string; readonly pathBase64?: string };
}

/** More would only repeat the first. */
const MAX_DIFFERENCES = 10;

/**
 * Compares what the TOC of a layer declares with the entries of its tar; returns the first differences. Times may differ by a
 * second, because writers round them.
 */
export function compareToc(toc: Changeset, tar: Changeset): readonly TocDifference[] {
  const differences: TocDifference[] = [];
  const add = (what: string, path: Uint8Array): void => {
    if (differences.length < MAX_DIFFERENCES) differences.push({ what, place: pathFields(path) });
  };
  if (haveSamePaths(toc, tar)) {
    for (let entry = 0; entry < toc.count; entry++) {
      const what = toc.kind[entry] === Kind.ignored ? null : differenceOf(toc, entry, tar, entry);
      if (what !== null) add(what, pathOf(toc, entry));
    }
    return differences;
  }
  const entries = entriesByPath(tar);
  for (const [key, entry] of entriesByPath(toc)) {
    const found = entries.get(key);
    entries.delete(key);
    const what =
      found === undefined ? 'only the table of contents lists' : differenceOf(toc, entry, tar, found);
    if (what !== null) add(what, pathOf(toc, entry));
  }
  for (const entry of entries.values()) add('the table of contents lacks', pathOf(tar, entry));
  return differences;
}

/** Whether both have the same paths in the same order, as writers make them. */
function haveSamePaths(a: Changeset, b: Changeset): boolean {
  if (a.count !== b.count || a.dirParent.length !== b.dirParent.length) return false;
  for (let i = 0; i < a.dirParent.length; i++) {
    if (a.dirParent[i] !== b.dirParent[i]) return false;
    if (!isSameName(a, a.dirNameStart[i], a.dirNameLength[i], b, b.dirNameStart[i], b.dirNameLength[i]))
      return false;
  }
  for (let i = 0; i < a.count; i++) {
    if (a.parent[i] !== b.parent[i]) return false;
    if (!isSameName(a, a.nameStart[i], a.nameLength[i], b, b.nameStart[i], b.nameLength[i])) return false;
  }
  return true;
}

function isSameName(
  { names: a }: Changeset,
  startA = 0,
  lengthA = 0,
  { names: b }: Changeset,
  startB = 0,
  lengthB = 0,
): boolean {
  if (lengthA !== lengthB) return false;
  for (let i = 0; i < lengthA; i++) if (a[startA + i] !== b[startB + i]) return false;
  return true;
}

/** Returns the last entry of each path; markers are not the files that they hide. */
function entriesByPath(changeset: Changeset): Map<string, number> {
  const entries = new Map<string, number>();
  for (let entry = 0; entry < changeset.count; entry++) {
    const kind = changeset.kind[entry];
    if (kind === Kind.ignored) continue;
    const isMarker = kind === Kind.whiteout || kind === Kind.opaque;
    const path = Buffer.from(pathOf(changeset, entry)).toString('latin1');
    entries.set(isMarker ? `${kind} ${path}` : path, entry);
  }
  return entries;
}

function differenceOf(toc: Changeset, a: number, tar: Changeset, b: number): string | null {
  const what =
    toc.kind[a] !== tar.kind[b]
      ? 'type'
      : toc.size[a] !== tar.size[b]
        ? 'size'
        : toc.mode[a] !== tar.mode[b]
          ? 'mode'
          : toc.uid[a] !== tar.uid[b]
            ? 'owner'
            : toc.gid[a] !== tar.gid[b]
              ? 'group'
              : Math.abs((toc.mtime[a] ?? 0) - (tar.mtime[b] ?? 0)) > 1
                ? 'time'
                : Buffer.compare(linkTargetOf(toc, a), linkTargetOf(tar, b)) !== 0
                  ? 'link target'
                  : String(toc.devices.get(a)) !== String(tar.devices.get(b))
                    ? 'device number'
                    : attributesOf(toc, a) !== attributesOf(tar, b)
                      ? 'set of extended attributes'
                      : null;
  return what === null ? null : `the table of contents states another ${what} of`;
}

function attributesOf({ xattrs }: Changeset, entry: number): string {
  if (!xattrs.has(entry)) return '';
  const pairs = [...(xattrs.get(entry) ?? [])].map(([name, value]) => [
    name,
    Buffer.from(value).toString('hex'),
  ]);
  return JSON.stringify(pairs.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}
