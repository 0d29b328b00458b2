import { type BigIntStats, readdirSync, readlinkSync } from 'node:fs';
import { Yielder } from '@layers/core/io';
import { ChangesetIndexer, Kind, markerOf } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import type { EntryType, TarEntry } from '@layers/tar';
import type { AppendOptions } from './append-options.js';
import { type ContentEvent, inBatches } from './content-batches.js';
import { type DiskXattrs, readXattrsBelow, readXattrsOf, type Xattrs } from './disk-xattrs.js';
import {
  CHUNK_BYTES,
  type FileIdentity,
  identityOf,
  lstatSource,
  pathText,
  reading,
  readUnchanged,
  statSource,
} from './file-identity.js';
import type { PathMapper } from './resolve-path.js';
import { type ScanContext, type ScannedSource, timesOf } from './scanned-source.js';
import { storableXattrs } from './storable-xattrs.js';

const SLASH = Buffer.from('/');

/** A directory that is being scanned. */
interface Frame {
  readonly path: Buffer;
  /** Path relative to the top; empty for the top itself. */
  readonly relative: Buffer;
  /** Its index in the list of directories. */
  readonly directory: number;
  /** The names that remain, last first. */
  readonly names: Buffer[];
}

/**
 * Scans a directory: names in byte order, symlinks not followed, further names of a file as hard links. Reads the xattrs of
 * users, and capabilities.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_INPUT_NAME for names that mean a whiteout in a layer
 */
export async function scanDirectory(
  top: string,
  mapper: PathMapper,
  context: ScanContext,
): Promise<ScannedSource> {
  const { options, addFinding } = context;
  const indexer = new ChangesetIndexer();
  const paths: Buffer[] = [Buffer.from(top)];
  const files = createFileTable();
  const firstNames = new Map<string, Uint8Array>();
  const xattrs = readXattrsBelow(top);
  reportProblem(xattrs, context);
  const stack: Frame[] = [{ ...frameOf(Buffer.from(top), 0), relative: Buffer.alloc(0) }];
  const yielder = new Yielder({ steps: 1000, signal: options.signal });

  const visit = (frame: Frame, name: Buffer): void => {
    refuseWhiteoutName(frame, name);
    const path = Buffer.concat([frame.path, SLASH, name]);
    const relative = frame.relative.length === 0 ? name : Buffer.concat([frame.relative, SLASH, name]);
    const stat = lstatSource(path);
    const isDirectory = stat.isDirectory();
    const target = mapper.map(relative, isDirectory);
    const type = typeOf(stat);
    if (type === null) {
      const skipped = Buffer.concat([SLASH, target ?? relative]);
      addFinding('socket-skipped', skipped, 'sockets cannot be stored in a layer: skipped');
      return;
    }
    if (target !== null) {
      const key = stat.nlink > 1n && !isDirectory ? `${stat.dev}:${stat.ino}` : null;
      const first = key === null ? undefined : firstNames.get(key);
      if (key !== null && first === undefined) firstNames.set(key, target);
      const linkpath =
        type === 'symlink' ? reading(path, () => readlinkSync(path, { encoding: 'buffer' })) : null;
      const entry = entryOf(stat, target, first === undefined ? type : 'link', options);
      const found = first === undefined ? xattrs.byPath.get(relative.toString('latin1')) : undefined;
      indexer.add({
        ...entry,
        linkpath: first ?? linkpath ?? new Uint8Array(0),
        xattrs: storedXattrs(found, target, context),
      });
      files.add(frame.directory, identityOf(stat));
    }
    if (!isDirectory) return;
    paths.push(path);
    stack.push({ ...frameOf(path, paths.length - 1), relative });
  };

  while (stack.length > 0) {
    const frame = stack.at(-1);
    const name = frame?.names.pop();
    if (frame === undefined || name === undefined) {
      stack.pop();
      continue;
    }
    visit(frame, name);
    if (yielder.count(0)) await yielder.pause();
  }

  const changeset = indexer.finish();
  return {
    changeset,
    hasXattrs: false,
    contents: (isSelected) => inBatches(contentsOf(isSelected)),
  };

  function* contentsOf(isSelected: (entry: number) => boolean): Generator<ContentEvent, void, undefined> {
    const memory = new Uint8Array(CHUNK_BYTES);
    for (let entry = 0; entry < changeset.count; entry++) {
      if (changeset.kind[entry] !== Kind.file || !isSelected(entry)) continue;
      yield { start: entry };
      const start = changeset.nameStart[entry] ?? 0;
      const name = changeset.names.subarray(start, start + (changeset.nameLength[entry] ?? 0));
      const path = Buffer.concat([paths[files.directoryOf(entry)] ?? SLASH, SLASH, name]);
      for (const bytes of readUnchanged(path, files.identityOf(entry), { memory })) yield { bytes };
    }
  }
}

/** Scans a single file, for a path of the image. Throws ERR_LAYERS_READ, ERR_LAYERS_INPUT_NAME. */
export function scanFile(path: string, target: Uint8Array, context: ScanContext): ScannedSource {
  const { options } = context;
  const xattrs = readXattrsOf(path);
  reportProblem(xattrs, context);
  const stat = statSource(path);
  const indexer = new ChangesetIndexer();
  refuseWhiteoutName({ path: Buffer.from('.') }, Buffer.from(target.subarray(target.lastIndexOf(0x2f) + 1)));
  indexer.add({
    ...entryOf(stat, target, 'file', options),
    xattrs: storedXattrs(xattrs.byPath.get(''), target, context),
  });
  const identity = identityOf(stat);
  return {
    changeset: indexer.finish(),
    hasXattrs: false,
    contents: (isSelected) => inBatches(contentOf(isSelected(0))),
  };

  function* contentOf(isSelected: boolean): Generator<ContentEvent, void, undefined> {
    if (!isSelected) return;
    yield { start: 0 };
    for (const bytes of readUnchanged(path, identity, { follow: true })) yield { bytes };
  }
}

/** Returns the attributes that the layer can store, and reports the others. */
function storedXattrs(
  found: Xattrs | undefined,
  target: Uint8Array,
  { addFinding }: ScanContext,
): Xattrs | null {
  const { xattrs, problems } = storableXattrs(found);
  for (const problem of problems) addFinding('xattr-left-out', Buffer.concat([SLASH, target]), problem);
  return xattrs;
}

function reportProblem({ problem }: DiskXattrs, { addFinding }: ScanContext): void {
  if (problem === null) return;
  addFinding('xattrs-not-read', SLASH, `extended attributes of added files are not read: ${problem}`);
}

function frameOf(path: Buffer, directory: number): Omit<Frame, 'relative'> {
  const names = reading(path, () => readdirSync(path, { encoding: 'buffer' }));
  return { path, directory, names: names.sort((a, b) => Buffer.compare(b, a)) };
}

function refuseWhiteoutName(frame: { readonly path: Buffer }, name: Buffer): void {
  if (markerOf(name, 0, name.length) === 'none') return;
  const path = `${pathText(frame.path)}/${pathText(name)}`;
  throw new LayersError('ERR_LAYERS_INPUT_NAME', `${path} has a name that deletes files in a layer`, {
    archive: path,
    hint: 'names that begin with .wh. are whiteouts: rename the file, or delete paths of the image explicitly',
  });
}

function typeOf(stat: BigIntStats): EntryType | null {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isCharacterDevice()) return 'char';
  return stat.isBlockDevice() ? 'block' : null;
}

function entryOf(stat: BigIntStats, path: Uint8Array, type: EntryType, options: AppendOptions): TarEntry {
  const size = type === 'file' ? Number(stat.size) : 0;
  // Docker truncates times of files on disk to whole seconds; fractions need an extra header for each file.
  const times = { mtime: Number(floorDivided(stat.mtimeNs, 1_000_000_000n)), mtimeNs: 0 };
  const owner = options.owner === 'keep' ? { uid: Number(stat.uid), gid: Number(stat.gid) } : options.owner;
  return {
    headerOffset: 0,
    dataOffset: 0,
    storedSize: size,
    size,
    type,
    typeflag: 0,
    path,
    linkpath: new Uint8Array(0),
    mode: type === 'symlink' ? 0o777 : (options.mode ?? Number(stat.mode) & 0o7777),
    uid: owner?.uid ?? 0,
    gid: owner?.gid ?? 0,
    ...timesOf(times, options),
    ...deviceOf(stat.rdev),
    xattrs: null,
    sparse: null,
    isSelfContained: true,
  };
}

/** Splits a device number as Linux encodes it (makedev(3)). */
function deviceOf(rdev: bigint): { devmajor: number; devminor: number } {
  return {
    devmajor: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)),
    devminor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)),
  };
}

function floorDivided(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return quotient * by > value ? quotient - 1n : quotient;
}

/** Stores the directory and the identity of each entry, in columns. */
function createFileTable() {
  const directories: number[] = [];
  const sizes: number[] = [];
  const inodes: number[] = [];
  const changed: number[] = [];
  return {
    add(directory: number, identity: FileIdentity): void {
      directories.push(directory);
      sizes.push(identity.size);
      inodes.push(identity.inode);
      changed.push(identity.changed);
    },
    directoryOf: (entry: number): number => directories[entry] ?? 0,
    identityOf: (entry: number): FileIdentity => ({
      size: sizes[entry] ?? 0,
      inode: inodes[entry] ?? 0,
      changed: changed[entry] ?? 0,
    }),
  };
}
