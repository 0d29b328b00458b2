import { type EntrySpec, sizeOfEntry, withLinkDefaults } from './tar-builder.ts';

/**
 * A second implementation of the union rules, simple and slow: one map from path to node, searched completely each
 * time. Names are Latin-1 text; the root is ''.
 */

type NaiveType = 'file' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

/** What a path refers to. Hard links are paths with the same inode. */
export interface NaiveInode {
  readonly type: NaiveType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly mtimeNs: number;
  readonly size: number;
  readonly linkTarget: string;
  readonly device: string;
  readonly xattrs: string;
  /** The entry that it is from; null for a directory without an entry. */
  readonly from: { readonly layer: number; readonly entry: number } | null;
}

export interface NaiveWaste {
  readonly layer: number;
  readonly entry: number;
  readonly unreachableFrom: number;
  readonly cause: 'deleted' | 'overwritten' | 'replaced' | 'duplicate-entry';
}

export interface NaiveCopy {
  readonly old: NaiveInode;
  readonly new: NaiveInode;
  readonly layer: number;
}

export interface NaiveUnion {
  readonly tree: ReadonlyMap<string, NaiveInode>;
  /** For each path, the last layer that placed it; -1 for the root without an entry. */
  readonly placedIn: ReadonlyMap<string, number>;
  readonly waste: readonly NaiveWaste[];
  /** Files that replaced a file of the same size from a lower layer. */
  readonly copies: readonly NaiveCopy[];
  readonly changes: readonly { added: number; modified: number; deleted: number }[];
  /** For each layer, the codes of its findings, with repetitions. */
  readonly findings: readonly (readonly string[])[];
  readonly contentBytes: number;
  readonly rootfsBytes: number;
}

interface Place {
  readonly inode: NaiveInode;
  readonly layer: number;
}

type Tree = Map<string, Place>;

const IMPLICIT: NaiveInode = {
  type: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime: 0,
  mtimeNs: 0,
  size: 0,
  linkTarget: '',
  device: '',
  xattrs: '',
  from: null,
};

export function naiveUnion(stack: readonly (readonly EntrySpec[])[]): NaiveUnion {
  const linked = stack.map((specs) => withLinkAttributes(withLinkDefaults(specs)));
  const layers = linked.map(({ specs }) => withAufsLinks(specs));
  const tree: Tree = new Map([['', { inode: { ...IMPLICIT }, layer: -1 }]]);
  const waste: NaiveWaste[] = [];
  const copies: NaiveCopy[] = [];
  const changes: { added: number; modified: number; deleted: number }[] = [];
  const findings: string[][] = [];
  layers.forEach((specs, layer) => {
    const below: Tree = new Map(tree);
    const { differing } = linked[layer] ?? { differing: 0 };
    const found = unpack({ specs, layer, tree, below, waste, copies });
    findings.push([...Array.from({ length: differing }, () => 'link-attributes'), ...found]);
    changes.push(compare(below, tree));
  });
  let contentBytes = 0;
  for (const spec of layers.flat()) {
    const name = readName(spec);
    if (name.what === 'entry' && name.path !== '') contentBytes += sizeOfEntry(spec);
  }
  const inodes = new Set([...tree.values()].map((place) => place.inode));
  const rootfsBytes = [...inodes].reduce((sum, inode) => sum + inode.size, 0);
  const final = new Map([...tree].map(([path, place]) => [path, place.inode]));
  const placedIn = new Map([...tree].map(([path, { layer }]) => [path, layer]));
  return { tree: final, placedIn, waste, copies, changes, findings, contentBytes, rootfsBytes };
}

/**
 * Gives the target of each hard link the attributes of the link, if the target is an earlier entry of the layer. Also
 * returns the number of links that have other attributes.
 */
function withLinkAttributes(specs: readonly EntrySpec[]): { specs: EntrySpec[]; differing: number } {
  const result = [...specs];
  const inodes: (number | null)[] = [];
  let differing = 0;
  specs.forEach((spec, at) => {
    const isEntry = readName(spec).what === 'entry';
    inodes.push(isEntry && spec.type !== 'directory' ? at : null);
    if (!isEntry || spec.type !== 'link') return;
    const target = normalize(latin1(spec.linkpath ?? ''));
    const before = specs.slice(0, at).findLastIndex((other) => {
      const name = readName(other);
      return name.what === 'entry' && name.path === target && target !== '';
    });
    const inode = inodes[before] ?? null;
    inodes[at] = inode;
    const old = result[inode ?? -1];
    if (inode === null || old === undefined) return;
    const { uid = 0, gid = 0, mtime = 0, mtimeNs = 0, mode = 0o644 } = spec;
    const xattrs = new Map([...(old.xattrs ?? []), ...(spec.xattrs ?? [])]);
    if (!spec.xattrs?.has('security.capability')) xattrs.delete('security.capability');
    const changed = { ...old, uid, gid, xattrs, ...(old.type === 'symlink' ? {} : { mode, mtime, mtimeNs }) };
    result[inode] = changed;
    const attributes = (entry: EntrySpec) => ({ ...inodeOf({ ...entry, type: 'fifo' }, 0, 0), from: null });
    if (JSON.stringify(attributes(old)) !== JSON.stringify(attributes(changed))) differing++;
  });
  return { specs: result, differing };
}

/** Exchanges the paths of a content in `.wh..wh.plnk` and of the first link to it; the other links lead to that path. */
function withAufsLinks(specs: readonly EntrySpec[]): EntrySpec[] {
  const nameIn = (path: Uint8Array | string): string | null => {
    const parts = normalize(latin1(path))?.slice(1).split('/') ?? [];
    return parts.length > 1 && parts[0] === '.wh..wh.plnk' ? (parts.at(-1) ?? null) : null;
  };
  const result = [...specs];
  for (const name of new Set(specs.map(({ path }) => nameIn(path)))) {
    const content = specs.findLastIndex(
      ({ path, type = 'file' }) => name !== null && type === 'file' && nameIn(path) === name,
    );
    const links = specs.flatMap((spec, i) =>
      spec.type === 'link' && readName(spec).what === 'entry' && nameIn(spec.linkpath ?? '') === name
        ? [i]
        : [],
    );
    const [first] = links;
    const [file, link] = [specs[content], specs[first ?? -1]];
    if (file === undefined || link === undefined || first === undefined) continue;
    result[content] = { ...file, path: link.path };
    result[first] = { path: file.path };
    for (const i of links.slice(1)) {
      const other = specs[i];
      if (other !== undefined) result[i] = { ...other, linkpath: link.path };
    }
  }
  return result;
}

/** The paths of the directories above a path, the nearest first. */
function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1, -1).map((_, i) => parts.slice(0, parts.length - 1 - i).join('/'));
}

/** A path that no tree has. */
const ABSENT = '//';

interface Unpacking {
  readonly specs: readonly EntrySpec[];
  readonly layer: number;
  readonly tree: Tree;
  readonly below: Tree;
  readonly waste: NaiveWaste[];
  readonly copies: NaiveCopy[];
}

function unpack({ specs, layer, tree, below, waste, copies }: Unpacking): string[] {
  const findings: string[] = [];
  const names = specs.map(readName);

  let lost: NaiveInode[] = [];

  const forget = (path: string): void => {
    const place = tree.get(path);
    if (place !== undefined) lost.push(place.inode);
    tree.delete(path);
  };

  const forgetBelow = (path: string): void => {
    for (const other of [...tree.keys()]) if (other.startsWith(`${path}/`)) forget(other);
  };

  /** Files without any path are waste. */
  const settle = (cause: NaiveWaste['cause']): void => {
    for (const inode of new Set(lost)) {
      if (inode.type !== 'file' || inode.from === null) continue;
      if ([...tree.values()].some((place) => place.inode === inode)) continue;
      const why = inode.from.layer === layer ? 'duplicate-entry' : cause;
      waste.push({ ...inode.from, unreachableFrom: layer, cause: why });
    }
    lost = [];
  };

  const isDevice = ({ finding }: Name): boolean => finding === 'overlay-whiteout';
  for (const [entry, name] of names.entries()) {
    const { what, path, finding } = name;
    if (finding !== null) findings.push(finding);
    const earlier = names.slice(0, entry).filter((other) => other.what === what && other.path === path);
    const isMarker = what === 'whiteout' || what === 'opaque';
    if (isMarker && earlier.some((other) => isDevice(other) === isDevice(name)))
      findings.push('duplicate-entry');
    else if (isMarker && !isDevice(name) && earlier.length > 0) findings.push('whiteout-with-entry');
    if (what === 'whiteout') {
      const parent = tree.get(parentsOf(path)[0] ?? '')?.inode.type ?? 'directory';
      if (!below.has(path) && parent === 'directory') findings.push('whiteout-of-nothing');
      forgetBelow(path);
      forget(path);
    }
    if (what === 'opaque' && below.get(path)?.inode.type === 'directory') forgetBelow(path);
  }
  settle('deleted');

  const met = new Set<string>();
  /** Loaders differ if an entry precedes its own whiteout, or if a directory or a device's successor follows it. */
  const checkMarkers = (path: string, type: NaiveType, entry: number): void => {
    names.forEach((marker, at) => {
      if (marker.what !== 'whiteout' || met.has(marker.path)) return;
      const isAbove = path.startsWith(`${marker.path}/`);
      const isAfter = entry > at && type !== 'directory' && !isDevice(marker);
      if (!isAbove && (path !== marker.path || isAfter)) return;
      met.add(marker.path);
      findings.push('whiteout-with-entry');
    });
  };

  // Links that are ignored change nothing in their directories.
  const used = new Set<string>();
  const put = (path: string, inode: NaiveInode, entry: number): void => {
    for (const parent of parentsOf(path)) used.add(parent);
    const parts = path.split('/');
    for (let depth = 2; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (tree.get(parent)?.inode.type === 'directory') continue;
      if (tree.has(parent)) findings.push('parent-not-directory');
      forget(parent);
      tree.set(parent, { inode: { ...IMPLICIT }, layer });
    }
    checkMarkers(path, inode.type, entry);
    const old = tree.get(path);
    if (old !== undefined && old.layer === layer && old.inode.from !== null) findings.push('duplicate-entry');
    if (inode.type !== 'directory') forgetBelow(path);
    forget(path);
    tree.set(path, { inode, layer });
    const bothFiles = old?.inode.type === 'file' && inode.type === 'file';
    settle(bothFiles ? 'overwritten' : 'replaced');
    if (bothFiles && old.inode !== inode && old.layer !== layer && old.inode.size === inode.size) {
      copies.push({ old: old.inode, new: inode, layer });
    }
  };

  const targetOf = (entry: number): string | null => normalize(latin1(specs[entry]?.linkpath ?? ''));
  const link = (entry: number, isLate: boolean): 'missing' | 'ignored' | 'made' => {
    const { path } = names[entry] ?? REFUSED;
    const place = tree.get(targetOf(entry) ?? ABSENT);
    if (place === undefined) return 'missing';
    if (place.inode.type === 'directory') {
      findings.push('link-to-directory');
      return 'ignored';
    }
    if (isLate) findings.push('link-before-target');
    else if (place.layer !== layer) findings.push('link-to-lower-layer');
    put(path, place.inode, entry);
    return 'made';
  };

  let round: number[] = [];
  specs.forEach((spec, entry) => {
    const { what, path } = names[entry] ?? REFUSED;
    if (what !== 'entry') return;
    if (spec.type !== 'link') put(path, inodeOf(spec, layer, entry), entry);
    else if (link(entry, false) === 'missing') round.push(entry);
  });
  // A link whose target another link makes later follows in the next round.
  let waiting: number[] = [];
  while (round.length > 0) {
    const made = new Set<string | null>();
    for (const entry of round) {
      const result = link(entry, true);
      if (result === 'missing') waiting.push(entry);
      else if (result === 'made') made.add(names[entry]?.path ?? null);
    }
    round = waiting.filter((entry) => made.has(targetOf(entry))).sort((a, b) => a - b);
    waiting = waiting.filter((entry) => !round.includes(entry));
  }
  for (const _ of waiting) findings.push('dangling-link');

  names.forEach(({ what, path }, entry) => {
    if (what !== 'whiteout' && what !== 'opaque') return;
    const parents = what === 'opaque' ? [path, ...parentsOf(path)] : parentsOf(path);
    const above = names.filter(
      (other) => other.what === 'whiteout' && parents.includes(other.path) && !met.has(other.path),
    );
    if (what === 'whiteout' && above.length > 0) findings.push('whiteout-below-whiteout');
    const place = tree.get(parents.find((parent) => tree.has(parent)) ?? '');
    if (place === undefined || place.inode.type === 'directory') return;
    const { from } = place.inode;
    if (place.layer !== layer || from?.layer !== layer || from.entry < entry)
      findings.push('whiteout-below-file');
  });
  for (const { what, path } of names) {
    if (what === 'opaque') used.add(path);
    if (what === 'whiteout' || what === 'opaque') for (const parent of parentsOf(path)) used.add(parent);
  }
  for (const path of used) {
    const place = tree.get(path);
    if (place?.inode.type !== 'directory' || place.layer === layer || path === '') continue;
    const { mode, uid, gid, xattrs } = place.inode;
    if (mode !== 0o755 || uid !== 0 || gid !== 0 || xattrs !== '') findings.push('parent-without-entry');
  }
  return findings;
}

function compare(below: Tree, tree: Tree): { added: number; modified: number; deleted: number } {
  const changes = { added: 0, modified: 0, deleted: 0 };
  for (const path of new Set([...below.keys(), ...tree.keys()])) {
    const before = below.get(path);
    const after = tree.get(path);
    const had = before !== undefined && before.inode.type !== 'directory';
    const has = after !== undefined && after.inode.type !== 'directory';
    if (has && !had) changes.added++;
    else if (had && !has) changes.deleted++;
    else if (had && has && before !== after) changes.modified++;
  }
  return changes;
}

export interface Name {
  readonly what: 'entry' | 'whiteout' | 'opaque' | 'ignored';
  readonly path: string;
  readonly finding: string | null;
}

const REFUSED: Name = { what: 'ignored', path: '', finding: null };

/** Returns the operation that the name and type of an entry stand for. */
export function readName(spec: EntrySpec): Name {
  const raw = latin1(spec.path) + (spec.type === 'directory' && latin1(spec.path).at(-1) !== '/' ? '/' : '');
  const ignored = (finding: string | null): Name => ({ what: 'ignored', path: raw, finding });
  if (raw.length > 4095) return ignored('name-too-long');
  const path = normalize(raw);
  if (path === null) return ignored('name-climbs-out');
  if (path === '') {
    return spec.type === 'directory' ? { what: 'entry', path, finding: null } : ignored('root-not-directory');
  }
  const parts = path.slice(1).split('/');
  const last = parts.pop() ?? '';
  const isMeta = (part: string): boolean => part.startsWith('.wh..wh.') && part !== '.wh..wh..opq';
  const isBelowMeta = parts.length > 0 && isMeta(parts[0] ?? '');
  if (isBelowMeta) return ignored(null);
  const marked = parts.find((part) => part.startsWith('.wh.') && !isMeta(part));
  if (marked !== undefined) return ignored('reserved-name');
  const parent = parts.map((part) => `/${part}`).join('');
  if (last === '.wh..wh..opq') return { what: 'opaque', path: parent, finding: null };
  if (isMeta(last) && parts.length === 0) return ignored(null);
  const isOrdinary = isMeta(last) && spec.type === 'directory';
  if (['.wh.', '.wh..', '.wh...'].includes(last)) return ignored('bare-whiteout');
  if (last.startsWith('.wh.') && !isOrdinary)
    return { what: 'whiteout', path: `${parent}/${last.slice(4)}`, finding: null };
  if (spec.type === 'char' && (spec.devmajor ?? 0) === 0 && (spec.devminor ?? 0) === 0) {
    return { what: 'whiteout', path, finding: 'overlay-whiteout' };
  }
  return spec.type === 'unknown' ? ignored('unknown-type') : { what: 'entry', path, finding: null };
}

function inodeOf(spec: EntrySpec, layer: number, entry: number): NaiveInode {
  const type = spec.type ?? 'file';
  if (type === 'link' || type === 'unknown') throw new Error(`no inode of type ${type}`);
  const isDevice = type === 'char' || type === 'block';
  return {
    type,
    mode: (spec.mode ?? (type === 'directory' ? 0o755 : 0o644)) % 0o10000,
    uid: spec.uid ?? 0,
    gid: spec.gid ?? 0,
    mtime: spec.mtime ?? 0,
    mtimeNs: spec.mtimeNs ?? 0,
    size: sizeOfEntry(spec),
    linkTarget: type === 'symlink' ? latin1(spec.linkpath ?? '') : '',
    device: isDevice ? `${spec.devmajor ?? 0}:${spec.devminor ?? 0}` : '',
    xattrs: [...(spec.xattrs ?? [])]
      .map(([key, value]) => `${key}=${latin1(value)}`)
      .sort()
      .join('\n'),
    from: { layer, entry },
  };
}

/** Returns the path from the root: '' for the root itself, null if it leaves the root. */
export function normalize(name: string): string | null {
  const parts: string[] = [];
  if (name.length > 4095) return null;
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.map((part) => `/${part}`).join('');
}

export function latin1(name: Uint8Array | string): string {
  return Buffer.from(name).toString('latin1');
}
