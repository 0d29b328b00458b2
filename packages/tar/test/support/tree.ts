import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TarEntry } from '../../src/entry.ts';
import { text } from './read.ts';

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'layers-tar-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The attributes of the files of a tree, by latin1 name. */
export interface Fact {
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  mtimeNs: number;
  linkpath: string;
}

/** `odd` adds files that only the GNU and PAX formats can hold. */
export function makeTree(directory: string, odd: boolean): void {
  const put = (name: string | Buffer, data: string | Buffer, mode = 0o644): void => {
    const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]);
    writeFileSync(path, data);
    chmodSync(path, mode);
  };
  mkdirSync(join(directory, 'd/e'), { recursive: true });
  chmodSync(join(directory, 'd/e'), 0o1777);
  for (const size of [0, 1, 511, 512, 513, 10_000]) put(`d/size-${size}`, Buffer.alloc(size, 'x'));
  put('setuid', 'binary', 0o4755);
  // GNU tar cannot read a file without permissions unless it runs as root.
  put('none', '', process.geteuid?.() === 0 ? 0o000 : 0o400);
  symlinkSync('d/size-1', join(directory, 'symlink'));
  linkSync(join(directory, 'setuid'), join(directory, 'setuid-too'));
  put('n'.repeat(97), 'long enough for every dialect');
  if (!odd) return;
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  const deep = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(40)).join('/');
  mkdirSync(join(directory, deep), { recursive: true });
  put(`${deep}/${'long'.repeat(30)}`, 'long');
  put('n'.repeat(100), 'exactly full');
  put('n'.repeat(101), 'one too long');
  put('n'.repeat(255), 'no slash to cut at');
  symlinkSync(`/${'target/'.repeat(40)}x`, join(directory, 'long-symlink'));
  linkSync(join(directory, deep, 'long'.repeat(30)), join(directory, 'hard-link-to-long'));
  put(Buffer.from('latin1-\xe9\xff', 'latin1'), 'not UTF-8');
  put(Buffer.from('new\nline \x1b[31m*?[', 'latin1'), 'control characters');
  put('caf\u00e9-\u2603', 'UTF-8');
  touch(directory, 'none', '@-86400');
  touch(directory, 'd/size-1', '@-1.25');
  touch(directory, 'd/size-511', '@1234567890.123456789');
  touch(directory, 'd/size-512', '@8589934592.5');
}

function touch(directory: string, name: string, when: string): void {
  execFileSync('touch', ['-h', '-d', when, join(directory, name)]);
}

/** Returns the attributes of all files below a directory, and of the directory itself as `.`. */
export function factsOf(directory: string): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const visit = (path: Buffer, name: string): void => {
    const stat = lstatSync(path, { bigint: true });
    const type = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'symlink'
          : 'fifo';
    const seconds = stat.mtimeNs / 1_000_000_000n - (stat.mtimeNs % 1_000_000_000n < 0n ? 1n : 0n);
    facts.set(name, {
      type,
      mode: Number(stat.mode) & 0o7777,
      uid: Number(stat.uid),
      gid: Number(stat.gid),
      size: type === 'file' ? Number(stat.size) : 0,
      mtime: Number(seconds),
      mtimeNs: Number(stat.mtimeNs - seconds * 1_000_000_000n),
      linkpath: type === 'symlink' ? readlinkSync(path, 'latin1') : '',
    });
    if (type !== 'directory') return;
    for (const child of readdirSync(path, 'buffer'))
      visit(Buffer.concat([path, Buffer.from('/'), child]), `${name}/${text(child)}`);
  };
  visit(Buffer.from(directory), '.');
  return facts;
}

/** Returns the attributes that a reading has, in the same form. Hard links have those of their targets. */
export function factsIn(entries: readonly TarEntry[]): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const entry of entries) {
    const name = text(entry.path).replace(/\/$/, '');
    const target = entry.type === 'link' ? facts.get(text(entry.linkpath)) : undefined;
    facts.set(name, {
      type: target?.type ?? entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: target?.size ?? entry.size,
      mtime: entry.mtime,
      mtimeNs: entry.mtimeNs,
      linkpath: entry.type === 'symlink' ? text(entry.linkpath) : '',
    });
  }
  return facts;
}

/** Returns a file of zeros with some bytes set at each of the offsets. */
export function makeSparse(path: string, size: number, offsets: readonly number[]): Buffer {
  const file = openSync(path, 'w');
  ftruncateSync(file, size);
  for (const offset of offsets) writeSync(file, `data at ${offset}`, offset);
  closeSync(file);
  return readFileSync(path);
}
