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
  const entries = entriesByPath(tar);
  const differences: TocDifference[] = [];
  const add = (what: string, path: Uint8Array): void => {
    if (differences.length < MAX_DIFFERENCES) differences.push({ what, place: pathFields(path) });
  };
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
  const compare = (what: string, ofToc: unknown, ofTar: unknown): string | null =>
    ofToc === ofTar ? null : `the table of contents states another ${what} of`;
  return (
    compare('type', toc.kind[a], tar.kind[b]) ??
    compare('size', toc.size[a], tar.size[b]) ??
    compare('mode', toc.mode[a], tar.mode[b]) ??
    compare('owner', toc.uid[a], tar.uid[b]) ??
    compare('group', toc.gid[a], tar.gid[b]) ??
    compare('time', true, Math.abs((toc.mtime[a] ?? 0) - (tar.mtime[b] ?? 0)) <= 1) ??
    compare('link target', true, Buffer.compare(linkTargetOf(toc, a), linkTargetOf(tar, b)) === 0) ??
    compare('device number', String(toc.devices.get(a)), String(tar.devices.get(b))) ??
    compare('set of extended attributes', attributesOf(toc, a), attributesOf(tar, b))
  );
}

function attributesOf({ xattrs }: Changeset, entry: number): string {
  const pairs = [...(xattrs.get(entry) ?? [])].map(([name, value]) => [
    name,
    Buffer.from(value).toString('hex'),
  ]);
  return JSON.stringify(pairs.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}
