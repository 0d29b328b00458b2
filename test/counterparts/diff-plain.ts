import { type ReportedChange, toldKey } from './diff-command.ts';
import type { Tree, TreeEntry } from './tree.ts';

/**
 * Compares two extracted trees path by path and field by field. Returns a sorted list with one line for each path that
 * differs, such as `"/etc/passwd": content size`.
 */
export function plainDifferences(a: Tree, b: Tree): string[] {
  const lines: string[] = [];
  const [namesA, namesB] = [namesIn(a), namesIn(b)];
  for (const [key, entry] of a) {
    const other = b.get(key);
    if (other === undefined) {
      lines.push(`${show(key)}: removed`);
      continue;
    }
    const fields = differingFields(entry, other);
    if (namesOf(namesA, entry, key).join('\0') !== namesOf(namesB, other, key).join('\0'))
      fields.push('hardlinks');
    if (fields.length > 0) lines.push(`${show(key)}: ${fields.sort().join(' ')}`);
  }
  for (const key of b.keys()) if (!a.has(key)) lines.push(`${show(key)}: added`);
  return lines.sort();
}

/** Returns the same lines for a document of `layers diff`. A rename gives a removed and an added path. */
export function reportedDifferences(reported: readonly ReportedChange[], a: Tree, b: Tree): string[] {
  const lines: string[] = [];
  for (const change of reported) {
    const key = toldKey(change.path, change.pathBase64);
    if (change.change === 'changed') {
      const fields = fieldsOf(change);
      if (fields.length > 0) lines.push(`${show(key)}: ${fields.join(' ')}`);
    } else if (change.change === 'renamed') {
      const from = toldKey(change.from ?? '', change.fromBase64);
      const whole = change.type === 'directory';
      for (const path of whole ? under(a, from) : [from]) lines.push(`${show(path)}: removed`);
      for (const path of whole ? under(b, key) : [key]) lines.push(`${show(path)}: added`);
    } else {
      lines.push(`${show(key)}: ${change.change}`);
    }
  }
  return lines.sort();
}

/** Sorts the lines. Drops the time of the root, since few layers have an entry for it. */
export function fieldsOf({ path, fields = [] }: ReportedChange): string[] {
  return fields.filter((field) => field !== 'mtime' || path !== '/').sort();
}

/** Returns the fields in which two entries differ, except hard links. */
export function differingFields(a: TreeEntry, b: TreeEntry): string[] {
  const fields: string[] = [];
  const note = (field: string, differs: boolean): void => {
    if (differs) fields.push(field);
  };
  const sameType = a.type === b.type;
  note('type', !sameType);
  // Linux stores no permission bits for symbolic links.
  note('mode', a.mode !== b.mode && a.type !== 'symlink' && b.type !== 'symlink');
  note('owner', a.uid !== b.uid || a.gid !== b.gid);
  note('xattrs', (a.xattrs ?? []).join() !== (b.xattrs ?? []).join());
  note('mtime', a.mtime !== b.mtime || (a.mtimeNs ?? 0) !== (b.mtimeNs ?? 0));
  note('size', sameType && a.size !== b.size);
  note('content', sameType && a.digest !== b.digest);
  note('target', sameType && a.target !== b.target);
  note('device', sameType && a.device !== b.device);
  return fields;
}

/** Returns a path and all paths below it. */
export function under(tree: Tree, key: string): string[] {
  return [...tree.keys()].filter((path) => path === key || path.startsWith(`${key}/`));
}

/** Returns the sorted names of each file with hard links, by the first name. */
export function namesIn(tree: Tree): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [key, { group }] of tree) {
    if (group === undefined) continue;
    const known = names.get(group);
    if (known === undefined) names.set(group, [key]);
    else known.push(key);
  }
  for (const keys of names.values()) keys.sort();
  return names;
}

/** Returns all names of an entry, including its own. */
export function namesOf(names: Map<string, string[]>, entry: TreeEntry | undefined, key: string): string[] {
  return names.get(entry?.group ?? '') ?? [key];
}

/** Returns a tree key in the form for messages. */
export function show(key: string): string {
  return JSON.stringify(Buffer.from(key, 'latin1').toString('utf8'));
}
