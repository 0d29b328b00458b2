import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { codeCacheDirectory, readCodeCache, writeCodeCache } from './code-cache-file.js';

/** A bundle that was run. */
export interface LoadedBundle<Exports> {
  readonly exports: Partial<Exports>;
  /** Keeps what V8 has compiled so far, unless it was read from there. */
  keepCode(): void;
}

/**
 * Runs a bundle, which the build has wrapped into a function as Node wraps CommonJS modules. Reads compiled code from the
 * cache: V8 takes most of the time of a short command to compile.
 *
 * @param name of the compiled code: it has the functions that one command calls
 */
export function loadBundle<Exports>(path: string, name: string): LoadedBundle<Exports> {
  const directory = codeCacheDirectory(process.env);
  const source = readFileSync(path);
  // V8 compares nothing but the length of the source.
  const content = crc32(source).toString(16).padStart(8, '0');
  const version = `${content}-${process.version}-${process.arch}-`;
  const cachedData = directory === null ? undefined : readCodeCache(directory, version, name);
  // The build writes ASCII alone, which need not be decoded.
  const script = new Script(source.toString('latin1'), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const module: { exports: Partial<Exports> } = { exports: {} };
  const run: unknown = script.runInThisContext();
  if (typeof run !== 'function') throw new Error(`${path} is not a bundle`);
  Reflect.apply(run, undefined, [module.exports, createRequire(path), module, path, dirname(path)]);
  return {
    exports: module.exports,
    keepCode() {
      const isKept = cachedData !== undefined && script.cachedDataRejected !== true;
      if (directory !== null && !isKept) writeCodeCache(directory, version, name, script.createCachedData());
    },
  };
}
