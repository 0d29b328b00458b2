/** A path of a merged file system, with the attributes that can be compared between programs. */
export interface TreeEntry {
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970, rounded down. */
  mtime: number;
  /** Nanoseconds after `mtime`, if they are known. `differences` does not compare them. */
  mtimeNs?: number;
  /** Of regular files, in bytes. */
  size?: number;
  /** Of regular files: `sha256:…` of the contents. */
  digest?: string;
  /** Of regular files with several names: the first of them in byte order. */
  group?: string;
  /** Of symbolic links. */
  target?: string;
  /** Of device nodes: `major:minor`. */
  device?: string;
  /** `security.capability` in base64: the one extended attribute that Docker carries. */
  capability?: string;
  /** All extended attributes, if they are known: `name=base64`. `differences` does not compare them. */
  xattrs?: string[];
}

/** Keys are absolute paths, with each byte as a latin1 character, so every name is exact. */
export type Tree = Map<string, TreeEntry>;

type Field = keyof TreeEntry;

const fields: readonly Field[] = [
  'type',
  'mode',
  'uid',
  'gid',
  'mtime',
  'size',
  'digest',
  'group',
  'target',
  'device',
  'capability',
];

/** Returns the tree key of a path given as text. */
export function keyOf(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function show(key: string): string {
  return JSON.stringify(Buffer.from(key, 'latin1').toString('utf8'));
}

function value(entry: TreeEntry, field: Field): string {
  const held = entry[field];
  if (field === 'mode') return entry.mode.toString(8);
  if (field === 'group' && entry.group !== undefined) return show(entry.group);
  return String(held);
}

export interface CompareOptions {
  /** Whether to ignore a difference. `field` is absent for a path that only one side has. */
  ignore?: (key: string, field?: Field) => boolean;
}

/** Returns the differences between two trees, one sentence for each. */
export function differences(ours: Tree, theirs: Tree, options: CompareOptions = {}): string[] {
  const ignore = options.ignore ?? (() => false);
  const found: string[] = [];
  for (const [key, entry] of ours) {
    const other = theirs.get(key);
    if (other === undefined) {
      if (!ignore(key)) found.push(`${show(key)}: ours only (${entry.type})`);
      continue;
    }
    for (const field of fields) {
      // Linux stores no permission bits for symbolic links.
      if (field === 'mode' && (entry.type === 'symlink' || other.type === 'symlink')) continue;
      if (entry[field] !== other[field] && !ignore(key, field)) {
        found.push(`${show(key)}: ${field} ${value(entry, field)} (ours), ${value(other, field)} (theirs)`);
      }
    }
  }
  for (const [key, entry] of theirs) {
    if (!ours.has(key) && !ignore(key)) found.push(`${show(key)}: theirs only (${entry.type})`);
  }
  return found;
}

/** Assigns the hard links of a file to a group: the first name in byte order. */
export function group(tree: Tree, names: Iterable<readonly string[]>): void {
  for (const keys of names) {
    if (keys.length < 2) continue;
    const first = [...keys].sort()[0];
    for (const key of keys) {
      const entry = tree.get(key);
      if (entry !== undefined && first !== undefined) entry.group = first;
    }
  }
}

/** Returns the bytes of the regular files. A file with hard links counts once. */
export function contentBytes(tree: Tree): number {
  let bytes = 0;
  for (const [key, entry] of tree) {
    if (entry.group === undefined || entry.group === key) bytes += entry.size ?? 0;
  }
  return bytes;
}
