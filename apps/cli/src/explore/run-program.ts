import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exactStatus, makeTemporaryDirectory, systemCode, withAtomicFile } from '@layers/core/io';
import { SHELL, type UserProgram } from './user-programs.js';

/** The statuses with which a shell says that it did not find a program, or may not run it. */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127]);

/** How a program of the user ended. */
export interface Ended {
  /** Why it did not do what it should; null if it did. */
  readonly problem: string | null;
}

/** Bytes for another program. */
export type Content = AsyncIterable<Uint8Array>;

/** Where a program reads keys from: a file descriptor of a terminal. */
interface Place {
  readonly keyboard: number;
  readonly signal: AbortSignal;
}

/** Runs a program that reads a content from its standard input. The user may leave it before it has read all. */
export async function runPager(pager: UserProgram, content: Content, signal: AbortSignal): Promise<Ended> {
  const program = spawn(SHELL, ['-c', pager.line], { stdio: ['pipe', 'inherit', 'inherit'] });
  const left = new AbortController();
  const failed = pipeline(content, program.stdin, { signal: left.signal }).then(
    () => null,
    // The rest is not read when the user leaves the program.
    (error: unknown) => (left.signal.aborted || systemCode(error) === 'EPIPE' ? null : { error }),
  );
  const status = await endOf(program, signal);
  left.abort();
  const failure = await failed;
  if (failure !== null) throw failure.error;
  return { problem: NOT_RUN.has(status) ? `${pager.name} cannot be run: set PAGER` : null };
}

/** A copy of a file for an editor. */
export interface Copy {
  readonly path: string;
  /** Returns whether the copy has other bytes than before. */
  isChanged(): Promise<boolean>;
  /** Keeps or removes the copy. */
  end(isKept: boolean): void;
}

/**
 * Writes a copy of a content into a new directory that only its owner can enter. Both are removed when the process exits,
 * unless the copy was touched.
 *
 * @throws LayersError ERR_LAYERS_WRITE_OUTPUT
 */
export async function makeCopy(name: string, content: Content, signal: AbortSignal): Promise<Copy> {
  let isKept: boolean | null = null;
  let stamp = '';
  const directory = makeTemporaryDirectory(undefined, 'layers-explore-', (folder) => {
    if (!(isKept ?? stampOf(path) !== stamp)) rmSync(folder, { recursive: true, force: true });
  });
  const path = join(directory.path, name);
  const hash = createHash('sha256');
  try {
    await withAtomicFile(path, { force: false, signal }, async (file) => {
      for await (const chunk of content) {
        hash.update(chunk);
        await file.write(chunk);
      }
    });
  } catch (error) {
    isKept = false;
    directory.remove();
    throw error;
  }
  stamp = stampOf(path);
  const digest = hash.digest('hex');
  return {
    path,
    isChanged: async () => {
      if (stampOf(path) === stamp) return false;
      const now = await digestOf(path);
      return now !== null && now !== digest;
    },
    end: (keeps) => {
      isKept = keeps;
      directory.remove();
    },
  };
}

/** Runs a program on a file. The name of the file is an argument, never a part of what the shell reads. */
export async function runEditor(
  editor: UserProgram,
  path: string,
  { keyboard, signal }: Place,
): Promise<Ended> {
  const program = spawn(SHELL, ['-c', editor.line, editor.name, path], {
    stdio: [keyboard, 'inherit', 'inherit'],
  });
  const status = await endOf(program, signal);
  if (NOT_RUN.has(status)) return { problem: `${editor.name} cannot be run: set VISUAL or EDITOR` };
  return { problem: status === 0 ? null : `${editor.name} ended with status ${status}` };
}

/** Waits for the end of a program, and returns its status. It is ended with this process. */
async function endOf(program: ChildProcess, signal: AbortSignal): Promise<number> {
  const stop = (): void => void program.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    return await new Promise((resolve) => {
      program.on('error', () => resolve(127));
      program.on('close', (status) => resolve(status ?? 0));
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Returns what changes when a file is written; empty where there is none. */
function stampOf(path: string): string {
  const stat = exactStatus(path);
  return stat === null ? '' : `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
}

async function digestOf(path: string): Promise<string | null> {
  if (stampOf(path) === '') return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
