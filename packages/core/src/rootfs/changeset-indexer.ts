import type { EntryType, TarEntry, TarWarning, TarWarningCode } from '@layers/tar';
import { BLOCK_BYTES, type PlainBatch } from '@layers/tar/internal';
import type { FindingCode } from '../findings/codes.js';
import { createFindingList } from '../findings/finding-list.js';
import { pathFields } from '../findings/path-fields.js';
import { AufsLinks } from './aufs-links.js';
import {
  type Changeset,
  FINGERPRINT_BYTES,
  joinReversed,
  type SparseContent,
  type StoredEntry,
} from './changeset.js';
import {
  bytesColumn,
  growTogether,
  indexColumn,
  numbersColumn,
  shortsColumn,
  wordsColumn,
} from './columns.js';
import { DirectoryTable } from './directory-table.js';
import { Kind } from './kind.js';
import { DEFAULT_LIMITS, type Limits, Quota, type Usage } from './limits.js';
import { resolveLinks } from './link-targets.js';
import { loadedId, xattrProblem } from './loader-attributes.js';
import { type PathProblem, splitPath } from './path.js';
import { markerOf, WHITEOUT_PREFIX_BYTES } from './whiteout.js';

const KINDS: Readonly<Record<EntryType, Kind>> = {
  file: Kind.file,
  link: Kind.link,
  symlink: Kind.symlink,
  char: Kind.char,
  block: Kind.block,
  directory: Kind.directory,
  fifo: Kind.fifo,
  unknown: Kind.ignored,
};

/** The kinds of ordinary entries by their type bytes, `0` to `5`. */
const PLAIN_KINDS = Uint8Array.from({ length: 0x36 }, (_, typeflag) => {
  if (typeflag === 0x30) return Kind.file;
  if (typeflag === 0x31) return Kind.link;
  return typeflag === 0x32 ? Kind.symlink : Kind.directory;
});

const PROBLEMS: Readonly<Record<PathProblem, { code: FindingCode; message: string }>> = {
  'climbs-out': { code: 'name-climbs-out', message: 'a name that leaves the root by ".." is refused' },
  'too-long': {
    code: 'name-too-long',
    message: 'a name longer than 4095 bytes is refused; no system can open it',
  },
  'has-nul': { code: 'name-has-nul', message: 'a name with a NUL byte is refused' },
};

/** The longest file name of Linux (NAME_MAX). */
const MAX_NAME_BYTES = 255;

const MAX_SHOWN_NAME = 100;

const REFUSED = '; Docker, containerd and podman refuse the layer';

/** The findings for warnings of the tar reader that are more than an oddity, and what programs do. */
const WARNINGS: Readonly<Partial<Record<TarWarningCode, { code: FindingCode; effect: string }>>> = {
  'tar-bad-number': { code: 'invalid-number', effect: REFUSED },
  'tar-bad-pax-record': { code: 'invalid-pax-record', effect: REFUSED },
  'tar-lone-zero-block': { code: 'lone-zero-block', effect: REFUSED },
  'tar-trailing-data': { code: 'tar-trailing-data', effect: '' },
  'tar-global-attributes': { code: 'global-attributes', effect: '; umoci refuses the layer' },
  'tar-global-header': { code: 'global-header', effect: '; umoci refuses the layer' },
  'tar-large-id': {
    code: 'owner-out-of-range',
    effect: ', as Docker, containerd, podman and umoci do',
  },
};

const OLD_TYPES: ReadonlyMap<number, string> = new Map([
  [0x37, 'a contiguous file (type 7)'],
  [0x44, 'a dump directory of GNU tar (type D)'],
  [0x53, 'a sparse file of GNU tar (type S)'],
]);

/** The largest number among the types that loaders support, which are `0` to `6` and NUL. */
const LAST_TYPE = 0x36;

/** Room for entries is guessed from how many the first part of a layer has: this times as many, and not for a part too small. */
const GUESS_MARGIN = 1.1;
const MOST_GROWTH = 50;

/** Collects the entries of a layer's tar, in order, into a changeset. */
export class ChangesetIndexer {
  readonly #quota: Quota;
  readonly #kind = bytesColumn();
  readonly #parent = indexColumn();
  readonly #nameStart = wordsColumn();
  readonly #nameLength = shortsColumn();
  readonly #mode = shortsColumn();
  readonly #uid = numbersColumn();
  readonly #gid = numbersColumn();
  readonly #size = numbersColumn();
  readonly #mtime = numbersColumn();
  readonly #headerOffset = numbersColumn();
  readonly #headerBytes = wordsColumn();
  readonly #ensure = growTogether([
    this.#kind,
    this.#parent,
    this.#nameStart,
    this.#nameLength,
    this.#mode,
    this.#uid,
    this.#gid,
    this.#size,
    this.#mtime,
    this.#headerOffset,
    this.#headerBytes,
  ]);
  readonly #mtimeNs = wordsColumn();
  #hasNanoseconds = false;
  readonly #fingerprints = bytesColumn();
  #hasFingerprints = false;
  readonly #linkEntry = indexColumn();
  readonly #linkStart = wordsColumn();
  readonly #linkLength = shortsColumn();
  readonly #ensureLinks = growTogether([this.#linkEntry, this.#linkStart, this.#linkLength]);
  #links = 0;
  #hardLinks = 0;
  readonly #xattrs = new Map<number, ReadonlyMap<string, Uint8Array>>();
  readonly #sparse = new Map<number, SparseContent>();
  readonly #devices = new Map<number, readonly [number, number]>();
  readonly #asStored = new Map<number, StoredEntry>();
  readonly #aufsLinks = new AufsLinks();
  readonly #findings = createFindingList();
  readonly #directories = new DirectoryTable();
  /** The positions of the parts of the current name; see `splitPath`. */
  readonly #parts: number[] = [];
  #count = 0;
  #countedDirectories = 0;
  #isSelfContained = true;
  #plainNames = true;

  /**
   * Starts an empty changeset. Throws ERR_LAYERS_LIMIT where too many layers share the limits.
   *
   * @param usage given where several layers share the limits
   */
  constructor(limits: Limits = DEFAULT_LIMITS, usage?: Usage) {
    this.#quota = new Quota(limits, usage);
  }

  /** Adds an entry; returns its index. Throws ERR_LAYERS_LIMIT. */
  add(entry: TarEntry): number {
    const index = this.#count++;
    // Counts this entry and the directories that the entry before it added.
    const newDirectories = this.#directories.count - this.#countedDirectories;
    this.#quota.use(1 + newDirectories, metadataBytesOf(entry), entry.headerOffset);
    this.#countedDirectories += newDirectories;
    this.#ensure(this.#count);
    const kind = this.#locate(entry, index);
    if (!entry.isSelfContained) this.#isSelfContained = false;
    this.#kind.values[index] = kind;
    this.#mode.values[index] = entry.mode;
    this.#uid.values[index] = loadedId(entry.uid);
    this.#gid.values[index] = loadedId(entry.gid);
    this.#size.values[index] = kind === Kind.file ? entry.size : 0;
    this.#mtime.values[index] = entry.mtime;
    this.#headerOffset.values[index] = entry.headerOffset;
    this.#headerBytes.values[index] = entry.dataOffset - entry.headerOffset;
    if (entry.mtimeNs !== 0) {
      this.#hasNanoseconds = true;
      this.#mtimeNs.ensure(this.#count);
      this.#mtimeNs.values[index] = entry.mtimeNs;
    }
    if (kind === Kind.ignored || (isMarker(kind) && entry.size > 0)) this.#keepAsStored(entry, index);
    if (kind === Kind.link || kind === Kind.symlink) this.#addLink(entry, index);
    if (kind === Kind.link) this.#hardLinks++;
    if (entry.xattrs !== null && kind !== Kind.ignored) this.#xattrs.set(index, entry.xattrs);
    if (kind !== Kind.ignored && !isMarker(kind)) this.#checkAttributes(entry);
    if (entry.sparse !== null && kind === Kind.file) {
      this.#sparse.set(index, { sparse: entry.sparse, storedSize: entry.storedSize });
    }
    if (kind === Kind.char || kind === Kind.block) {
      this.#devices.set(index, [entry.devmajor, entry.devminor]);
    }
    return index;
  }

  /**
   * Adds ordinary entries, as `add` does. Adds none, and returns false, where they could exceed the limits. Throws
   * ERR_LAYERS_LIMIT.
   *
   * @param share the part of the layer that was read, with the batch, from 0 to 1
   */
  addBatch(batch: PlainBatch, share = 1): boolean {
    const { entries, directoryBytes, metadataBytes } = batch;
    // The root is a directory, and no other takes less than a byte.
    if (!this.#quota.hasRoom(entries + 1 + directoryBytes, metadataBytes)) return false;
    const base = this.#count;
    this.#count += entries;
    const growth = Math.min(MOST_GROWTH, GUESS_MARGIN / share);
    this.#ensure(this.#count, Math.ceil(this.#count * growth));
    const names = this.#directories.keep(
      batch.names,
      0,
      batch.nameBytes,
      Math.ceil((this.#directories.bytes + batch.nameBytes) * growth),
    );
    this.#parentsOfBatch(batch, base);
    this.#linksOfBatch(batch, base, names);
    for (let i = 0; i < entries; i++) {
      this.#nameStart.values[base + i] = names + (batch.nameStart[i] ?? 0);
      this.#kind.values[base + i] = PLAIN_KINDS[batch.typeflag[i] ?? 0] ?? Kind.ignored;
    }
    this.#nameLength.values.set(batch.nameLength.subarray(0, entries), base);
    this.#mode.values.set(batch.mode.subarray(0, entries), base);
    this.#uid.values.set(batch.uid.subarray(0, entries), base);
    this.#gid.values.set(batch.gid.subarray(0, entries), base);
    this.#size.values.set(batch.size.subarray(0, entries), base);
    this.#mtime.values.set(batch.mtime.subarray(0, entries), base);
    this.#headerOffset.values.set(batch.headerOffset.subarray(0, entries), base);
    this.#headerBytes.values.fill(BLOCK_BYTES, base, base + entries);
    if (!batch.plainNames) this.#plainNames = false;
    const newDirectories = this.#directories.count - this.#countedDirectories;
    this.#countedDirectories = this.#directories.count;
    this.#quota.use(entries + newDirectories, metadataBytes, batch.headerOffset[0] ?? 0);
    return true;
  }

  #parentsOfBatch(
    { runs, runEntry, runStart, runLength, directories, entries }: PlainBatch,
    base: number,
  ): void {
    for (let run = 0; run < runs; run++) {
      const start = runStart[run] ?? 0;
      const id = this.#directories.idOfPrefix(directories, start, start + (runLength[run] ?? 0));
      const end = run + 1 < runs ? (runEntry[run + 1] ?? 0) : entries;
      this.#parent.values.fill(id, base + (runEntry[run] ?? 0), base + end);
    }
  }

  #linksOfBatch(
    { links, hardLinks, linkEntry, linkStart, linkLength }: PlainBatch,
    base: number,
    names: number,
  ): void {
    this.#ensureLinks(this.#links + links);
    for (let i = 0; i < links; i++) {
      const link = this.#links++;
      this.#linkEntry.values[link] = base + (linkEntry[i] ?? 0);
      this.#linkStart.values[link] = names + (linkStart[i] ?? 0);
      this.#linkLength.values[link] = linkLength[i] ?? 0;
    }
    this.#hardLinks += hardLinks;
  }

  /** Stores the fingerprint of the content of the entry at `index`: `FINGERPRINT_BYTES` bytes. */
  fingerprint(index: number, value: Uint8Array): void {
    this.#hasFingerprints = true;
    this.#fingerprints.ensure(this.#count * FINGERPRINT_BYTES);
    this.#fingerprints.values.set(value, index * FINGERPRINT_BYTES);
  }

  /** Drops the entry that was added last, where the layer ends inside its data. */
  dropLast(): void {
    this.#count--;
    if (this.#links > 0 && this.#linkEntry.values[this.#links - 1] === this.#count) this.#links--;
    for (const map of [this.#xattrs, this.#sparse, this.#devices, this.#asStored]) map.delete(this.#count);
  }

  /** Adds a finding for a warning of the tar reader. */
  warn({ code, offset, message }: TarWarning): void {
    // An unknown type has a finding of its own, with the path.
    if (code === 'tar-unknown-type') return;
    const warning = WARNINGS[code];
    const { code: finding, effect } = warning ?? { code: 'tar-oddity', effect: '' };
    this.#findings.add(finding, `${message}${effect}`, () => ({ offset }));
  }

  /** Adds the finding about zeros or other data after the gzip data of the layer. */
  noteTrailing(what: 'zeros' | 'data'): void {
    if (what === 'zeros')
      this.#findings.add(
        'gzip-trailing-zeros',
        'zeros follow the gzip data; podman and skopeo refuse the layer',
      );
    else {
      const message = 'other data follows the gzip data; it is ignored; podman and skopeo refuse the layer';
      this.#findings.add('gzip-trailing-data', message);
    }
  }

  /** Returns the `Kind` of the entry at `index`. */
  kindOf(index: number): number {
    return this.#kind.values[index] ?? Kind.ignored;
  }

  /** Releases the layer's use of shared limits, where the changeset is discarded. */
  discard(): void {
    this.#quota.release();
  }

  /** Returns the changeset. */
  finish(): Changeset {
    if (this.#hardLinks > 0) this.#applyLinkAttributes();
    this.#giveContentsToLinks();
    this.#quota.flush(this.#directories.count - this.#countedDirectories);
    this.#countedDirectories = this.#directories.count;
    const count = this.#count;
    const links = this.#links;
    if (this.#hasNanoseconds) this.#mtimeNs.ensure(count);
    if (this.#hasFingerprints) this.#fingerprints.ensure(count * FINGERPRINT_BYTES);
    return {
      count,
      kind: this.#kind.trimmed(count),
      parent: this.#parent.trimmed(count),
      nameStart: this.#nameStart.trimmed(count),
      nameLength: this.#nameLength.trimmed(count),
      mode: this.#mode.trimmed(count),
      uid: this.#uid.trimmed(count),
      gid: this.#gid.trimmed(count),
      size: this.#size.trimmed(count),
      mtime: this.#mtime.trimmed(count),
      mtimeNs: this.#hasNanoseconds ? this.#mtimeNs.trimmed(count) : null,
      headerOffset: this.#headerOffset.trimmed(count),
      headerBytes: this.#headerBytes.trimmed(count),
      linkEntry: this.#linkEntry.trimmed(links),
      linkStart: this.#linkStart.trimmed(links),
      linkLength: this.#linkLength.trimmed(links),
      ...this.#directories.finish(),
      xattrs: this.#xattrs,
      sparse: this.#sparse,
      devices: this.#devices,
      asStored: this.#asStored,
      fingerprints: this.#hasFingerprints ? this.#fingerprints.trimmed(count * FINGERPRINT_BYTES) : null,
      isSelfContained: this.#isSelfContained,
      plainNames: this.#plainNames,
      metadataBytes: this.#quota.metadataBytes,
      findings: this.#findings.list(),
    };
  }

  /**
   * Gives the target of each hard link the attributes of the link, if it has others: Docker, containerd and podman set
   * them for each entry in turn.
   */
  #applyLinkAttributes(): void {
    const links = new Map<number, Uint8Array>();
    for (let i = 0; i < this.#links; i++) {
      const link = this.#linkEntry.values[i] ?? 0;
      if (this.#kind.values[link] !== Kind.link) continue;
      const start = this.#linkStart.values[i] ?? 0;
      links.set(link, this.#directories.slice(start, start + (this.#linkLength.values[i] ?? 0)));
    }
    if (this.#hasNanoseconds) this.#mtimeNs.ensure(this.#count);
    const entries = {
      count: this.#count,
      kind: this.#kind.values,
      parent: this.#parent.values,
      nameStart: this.#nameStart.values,
      nameLength: this.#nameLength.values,
      directories: this.#directories,
      links,
    };
    resolveLinks(entries, (link, inode) => {
      const changed = this.#copyAttributes(link, inode);
      if (changed.length === 0) return;
      // The header of the target has other attributes.
      this.#isSelfContained = false;
      this.#findings.add(
        'link-attributes',
        `a hard link has another ${changed.join(', ')} than its target; the attributes of the last link count, as for Docker`,
        () => ({ ...pathFields(this.#pathOf(link)), offset: this.#headerOffset.values[link] ?? 0 }),
      );
    });
  }

  /** Copies the attributes of a hard link to its inode, as Docker does. Returns the names of those that differ. */
  #copyAttributes(link: number, inode: number): string[] {
    const changed: string[] = [];
    const copy = (
      name: string,
      columns: readonly { readonly values: Uint16Array | Uint32Array | Float64Array }[],
    ) => {
      if (columns.every(({ values }) => values[link] === values[inode])) return;
      for (const { values } of columns) values[inode] = values[link] ?? 0;
      changed.push(name);
    };
    copy('owner', [this.#uid, this.#gid]);
    // Docker does not change the mode and the time of a symlink.
    if (this.#kind.values[inode] !== Kind.symlink) {
      copy('mode', [this.#mode]);
      copy('time', this.#hasNanoseconds ? [this.#mtime, this.#mtimeNs] : [this.#mtime]);
    }
    const xattrs = mergedXattrs(this.#xattrs.get(inode), this.#xattrs.get(link));
    if (xattrs !== undefined) {
      if (xattrs.size === 0) this.#xattrs.delete(inode);
      else this.#xattrs.set(inode, xattrs);
      changed.push('set of xattrs');
    }
    return changed;
  }

  /** Returns the path of an entry, with a leading slash. */
  #pathOf(entry: number): Uint8Array {
    const start = this.#nameStart.values[entry] ?? 0;
    const name = this.#directories.slice(start, start + (this.#nameLength.values[entry] ?? 0));
    return joinReversed([name, ...this.#directories.partsOf(this.#parent.values[entry] ?? 0)]);
  }

  /**
   * Moves each content in `.wh..wh.plnk` to the path of the first link to it, and the other links to that path. AUFS
   * stores hard links so, and Docker resolves them so. Ignores contents without links.
   */
  #giveContentsToLinks(): void {
    if (this.#aufsLinks.isEmpty) return;
    /** The path of each content, in the pool of names. */
    const paths = new Map<number, { readonly start: number; readonly length: number }>();
    for (let i = 0; i < this.#links; i++) {
      const link = this.#linkEntry.values[i] ?? 0;
      if (this.#kind.values[link] !== Kind.link) continue;
      const start = this.#linkStart.values[i] ?? 0;
      const target = this.#directories.slice(start, start + (this.#linkLength.values[i] ?? 0));
      const content = this.#aufsLinks.find(target);
      if (content === null || content >= this.#count) continue;
      const known = paths.get(content);
      if (known === undefined) {
        const path = this.#exchange(content, link);
        paths.set(content, { start: this.#directories.keep(path, 0, path.length), length: path.length });
      } else {
        this.#linkStart.values[i] = known.start;
        this.#linkLength.values[i] = known.length;
      }
    }
    for (const content of this.#aufsLinks.entries()) {
      if (paths.has(content) || content >= this.#count) continue;
      this.#kind.values[content] = Kind.ignored;
      this.#size.values[content] = 0;
    }
    // The headers have other names than the entries.
    if (paths.size > 0) this.#isSelfContained = false;
  }

  /** Gives a content the path of a link, which is ignored from now on. Returns the path. */
  #exchange(content: number, link: number): Uint8Array {
    for (const column of [this.#parent, this.#nameStart, this.#nameLength]) {
      column.values[content] = column.values[link] ?? 0;
    }
    this.#kind.values[link] = Kind.ignored;
    return this.#pathOf(content);
  }

  /** Stores the directory and the name of an entry; returns its kind, `ignored` for what is refused. */
  #locate(entry: TarEntry, index: number): Kind {
    const parts = this.#parts;
    const depth = splitPath(entry.path, parts);
    if (typeof depth === 'string') {
      this.#find(PROBLEMS[depth].code, PROBLEMS[depth].message, entry);
      return Kind.ignored;
    }
    if (this.#plainNames && depth > 0) this.#plainNames = isPlain(entry.path, parts, depth);
    const kind = KINDS[entry.type];
    if (depth === 0) {
      if (kind === Kind.directory) return kind;
      this.#find('root-not-directory', `an entry of type ${entry.type} cannot be the root`, entry);
      return Kind.ignored;
    }
    for (let i = 0; i < depth - 1; i++) {
      const marker = markerOf(entry.path, parts[i * 2] ?? 0, parts[i * 2 + 1] ?? 0);
      if (marker === 'none') continue;
      if (marker === 'bookkeeping') {
        // AUFS has its bookkeeping at the root only.
        if (i > 0) continue;
        if (kind !== Kind.file || !this.#aufsLinks.add(index, entry.path, parts, depth)) return Kind.ignored;
        this.#keepAsStored(entry, index);
        return kind;
      }
      this.#find('reserved-name', 'an entry below a whiteout marker is ignored', entry);
      return Kind.ignored;
    }
    let start = parts[depth * 2 - 2] ?? 0;
    const end = parts[depth * 2 - 1] ?? 0;
    let marker = markerOf(entry.path, start, end);
    if (marker === 'bookkeeping') {
      if (depth === 1) return Kind.ignored;
      // Below a directory the name of a directory is ordinary; any other entry is a whiteout, as for Docker.
      marker = kind === Kind.directory ? 'none' : 'whiteout';
    }
    if (marker === 'bare') {
      this.#find('bare-whiteout', 'a whiteout without a name is ignored; Docker refuses the layer', entry);
      return Kind.ignored;
    }
    if (marker === 'none' && kind === Kind.ignored) {
      this.#find('unknown-type', 'an entry of an unknown type is ignored; Docker refuses the layer', entry);
      return kind;
    }
    if (entry.typeflag > LAST_TYPE) {
      const what = OLD_TYPES.get(entry.typeflag);
      if (what !== undefined) this.#find('unsupported-type', `${what} is read${REFUSED}`, entry);
    }
    if (end - start > MAX_NAME_BYTES) {
      const what = `a file name longer than ${MAX_NAME_BYTES} bytes is read${REFUSED}`;
      this.#find('name-too-long', what, entry);
    }
    this.#parent.values[index] = this.#directories.idOf(entry.path, parts, depth - 1);
    if (marker === 'opaque') return Kind.opaque;
    if (marker === 'whiteout') start += WHITEOUT_PREFIX_BYTES;
    this.#nameStart.values[index] = this.#directories.keep(entry.path, start, end);
    this.#nameLength.values[index] = end - start;
    if (marker === 'none' && isOverlayWhiteout(entry)) {
      this.#find(
        'overlay-whiteout',
        'a character device 0:0 deletes the path, as in an overlay file system; OCI layers have whiteout files',
        entry,
      );
      this.#devices.set(index, [0, 0]);
      return Kind.whiteout;
    }
    return marker === 'whiteout' ? Kind.whiteout : kind;
  }

  /** Adds findings for attributes that loaders change, drop or refuse. */
  #checkAttributes(entry: TarEntry): void {
    const { uid, gid, xattrs } = entry;
    const [loadedUid, loadedGid] = [loadedId(uid), loadedId(gid)];
    if (uid !== loadedUid || gid !== loadedGid) {
      const message = `the owner ${uid}:${gid} is out of range; Docker, containerd, podman and umoci set ${loadedUid}:${loadedGid}`;
      this.#find('owner-out-of-range', message, entry);
    }
    if (xattrs === null) return;
    for (const [name, value] of xattrs) {
      const problem = xattrProblem(name, value);
      if (problem === null) continue;
      const shown = JSON.stringify(Buffer.from(name.slice(0, MAX_SHOWN_NAME), 'latin1').toString('utf8'));
      if (problem === 'drop') {
        const message = `the extended attribute ${shown} is empty; Docker, podman and umoci do not set it`;
        this.#find('xattr-empty', message, entry);
      } else {
        const message = `the extended attribute ${shown} has a name or size that Linux does not support; Docker, podman and umoci refuse the layer`;
        this.#find('xattr-refused', message, entry);
      }
    }
  }

  #keepAsStored({ path, size, type, headerOffset }: TarEntry, index: number): void {
    this.#quota.use(0, OBJECT_BYTES, headerOffset);
    this.#asStored.set(index, {
      nameStart: this.#directories.keep(path, 0, path.length),
      nameLength: path.length,
      size,
      isDirectory: type === 'directory',
    });
  }

  #addLink(entry: TarEntry, index: number): void {
    this.#ensureLinks(this.#links + 1);
    const bytes = entry.linkpath.length > 0xffff ? entry.linkpath.subarray(0, 0xffff) : entry.linkpath;
    this.#linkEntry.values[this.#links] = index;
    this.#linkStart.values[this.#links] = this.#directories.keep(bytes, 0, bytes.length);
    this.#linkLength.values[this.#links] = bytes.length;
    this.#links++;
  }

  #find(code: FindingCode, message: string, entry: TarEntry): void {
    this.#findings.add(code, message, () => ({ ...shownPath(entry.path), offset: entry.headerOffset }));
  }
}

function isMarker(kind: Kind): boolean {
  return kind === Kind.whiteout || kind === Kind.opaque;
}

/** Whether an entry is the whiteout of an overlay file system: Docker and podman write it to the disk as it is. */
function isOverlayWhiteout({ type, devmajor, devminor }: TarEntry): boolean {
  return type === 'char' && devmajor === 0 && devminor === 0;
}

type Xattrs = ReadonlyMap<string, Uint8Array>;

const CAPABILITY = 'security.capability';

/**
 * Returns the xattrs of a file after those of a hard link to it are set; undefined if they are the same. The system
 * removes the capability of a file when Docker sets its owner.
 */
function mergedXattrs(file: Xattrs | undefined, link: Xattrs | undefined): Xattrs | undefined {
  const isSame = [...(link ?? [])].every(([name, value]) => {
    const other = file?.get(name);
    return other !== undefined && Buffer.compare(other, value) === 0;
  });
  if (isSame && (!file?.has(CAPABILITY) || link?.has(CAPABILITY))) return undefined;
  const kept = [...(file ?? [])].filter(([name]) => name !== CAPABILITY);
  return new Map([...kept, ...(link ?? [])]);
}

/** Memory of an object of its own, such as a value in a map. */
const OBJECT_BYTES = 128;
const XATTR_BYTES = 512;
const EXTENT_BYTES = 128;

/**
 * Returns the bytes that an entry uses beside its columns. Counts the whole path, although directory names are stored
 * once: documents repeat them for every entry.
 */
function metadataBytesOf({ path, linkpath, type, xattrs, sparse }: TarEntry): number {
  let bytes = path.length + linkpath.length;
  if (xattrs !== null) {
    bytes += OBJECT_BYTES;
    for (const [name, value] of xattrs) bytes += name.length + value.length + XATTR_BYTES;
  }
  if (sparse !== null) bytes += OBJECT_BYTES + EXTENT_BYTES * (sparse.extents?.length ?? 0);
  return type === 'char' || type === 'block' ? bytes + OBJECT_BYTES : bytes;
}

/** Whether a name is exactly its parts joined by slashes, with at most one slash at its end. */
function isPlain(path: Uint8Array, parts: readonly number[], depth: number): boolean {
  if (parts[0] !== 0) return false;
  for (let i = 1; i < depth; i++) if (parts[i * 2] !== (parts[i * 2 - 1] ?? 0) + 1) return false;
  return path.length - (parts[depth * 2 - 1] ?? 0) <= 1;
}

const MAX_SHOWN_BYTES = 256;

/** Returns a name as findings show it: from the root, and at most 256 bytes. */
function shownPath(name: Uint8Array): { path: string; pathBase64?: string } {
  const text = Buffer.from(name.subarray(0, MAX_SHOWN_BYTES)).toString('latin1');
  const path = Buffer.from(`/${text.replace(/^(\.?\/)+/, '')}`, 'latin1');
  // A cut may split a character, so that only a whole name is exact.
  return name.length > MAX_SHOWN_BYTES ? { path: `${path.toString('utf8')}…` } : pathFields(path);
}
