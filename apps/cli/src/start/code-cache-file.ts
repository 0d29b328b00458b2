import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeDirectories } from '@layers/core/io';
import { isUser, userCacheDirectory } from '../input/cache-directory.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Caches of other versions are removed after this time. */
const MAX_AGE_MS = 30 * 24 * 3600 * 1000;

/** Others must not be able to write code that this user runs. */
const OTHERS_MAY_WRITE = 0o022;

/** The length of the checksum at the start of a file: V8 does not check what it reads. */
const CHECKSUM_BYTES = 4;

/**
 * Returns the directory for compiled code: of Node's own variable, else the cache of the user; null if the user wants none,
 * or has no home directory.
 */
export function codeCacheDirectory(env: Environment): string | null {
  if (env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return null;
  return userCacheDirectory(env, env['NODE_COMPILE_CACHE'] || env['XDG_CACHE_HOME']);
}

/** Reads compiled code; undefined if there is none, or another user could have written it. */
export function readCodeCache(directory: string, version: string, name: string): Buffer | undefined {
  try {
    const descriptor = openSync(join(directory, `${version}${name}`), 'r');
    try {
      const { uid, mode } = fstatSync(descriptor);
      if (!isUser(uid) || (process.platform !== 'win32' && (mode & OTHERS_MAY_WRITE) !== 0)) return undefined;
      const bytes = readFileSync(descriptor);
      const code = bytes.subarray(CHECKSUM_BYTES);
      return bytes.length > CHECKSUM_BYTES && bytes.readUInt32LE(0) === crc32(code) ? code : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/**
 * Keeps compiled code. Does nothing where it cannot be written. Removes old code of other versions.
 *
 * @param version the start of the names of files that this version can use
 */
export function writeCodeCache(directory: string, version: string, name: string, code: Buffer): void {
  const path = join(directory, `${version}${name}`);
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectories(directory, 0o700);
    try {
      const head = Buffer.alloc(CHECKSUM_BYTES);
      head.writeUInt32LE(crc32(code));
      writeFileSync(temporary, Buffer.concat([head, code]), { flag: 'wx', mode: 0o600 });
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
    removeOld(directory, version);
  } catch {
    // The next run compiles again.
  }
}

function removeOld(directory: string, version: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name.startsWith(version)) continue;
    const stat = statSync(path);
    if (stat.isFile() && stat.mtimeMs < Date.now() - MAX_AGE_MS) rmSync(path);
  }
}
