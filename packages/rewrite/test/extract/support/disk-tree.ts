import { constants, lstatSync, readdirSync, readlinkSync } from 'node:fs';

/** A file on disk. */
export interface DiskFile {
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly device: string;
  readonly target: string;
  /** Equal for hard links to the same file. */
  readonly inode: string;
  readonly blocks: number;
}

/** Reads the files of a directory, by their paths in Latin-1, parents first. */
export function readDisk(directory: string): Map<string, DiskFile> {
  const found = new Map<string, DiskFile>();
  const visit = (path: Buffer, name: string): void => {
    const stat = lstatSync(path, { bigint: true });
    const mode = Number(stat.mode);
    found.set(name, {
      type: TYPES.get(mode & constants.S_IFMT) ?? '?',
      mode: mode & 0o7777,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: Number(stat.size),
      mtimeNs: stat.mtimeNs,
      device: `${(Number(stat.rdev) >> 8) & 0xfff}:${Number(stat.rdev) & 0xff}`,
      target: stat.isSymbolicLink() ? readlinkSync(path, 'buffer').toString('latin1') : '',
      inode: `${stat.dev} ${stat.ino}`,
      blocks: Number(stat.blocks),
    });
    if (!stat.isDirectory()) return;
    for (const child of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
      visit(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${child.toString('latin1')}`);
    }
  };
  visit(Buffer.from(directory), '');
  return found;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'directory'],
  [constants.S_IFLNK, 'symlink'],
  [constants.S_IFCHR, 'char'],
  [constants.S_IFBLK, 'block'],
  [constants.S_IFIFO, 'fifo'],
]);
