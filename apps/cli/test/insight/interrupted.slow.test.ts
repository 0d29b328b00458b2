import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, environment } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { buildEntry } from '@layers/testing/tar-builder';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const GIB = 2 ** 30;
/** Two files, so that their contents are compared. Scanning them takes many seconds. */
const FILE_BYTES = 4 * GIB;

/** Writes an archive with one layer of 8 GiB of zeros, which take no room on the disk. */
function hugeArchive(): string {
  const path = join(scratch.folder, 'huge.tar');
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] },
  });
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: ['huge:1'], Layers: ['layer.tar'] }]);
  const file = openSync(path, 'w');
  let at = 0;
  const put = (bytes: Uint8Array): void => {
    writeSync(file, bytes, 0, bytes.length, at);
    at += bytes.length;
  };
  for (const [name, text] of [
    ['config.json', config],
    ['manifest.json', manifest],
  ] as const)
    put(buildEntry({ path: name, data: Buffer.from(text) }));
  const layerBytes = 2 * (512 + FILE_BYTES) + 1024;
  put(sizedHeader('layer.tar', layerBytes));
  for (const name of ['one', 'two']) {
    put(sizedHeader(name, FILE_BYTES));
    at += FILE_BYTES;
  }
  ftruncateSync(file, at + 2048);
  closeSync(file);
  return path;
}

/** Returns the header of a file of any size, without its data. */
function sizedHeader(path: string, bytes: number): Buffer {
  const header = Buffer.from(buildEntry({ path, data: new Uint8Array(0) }).subarray(0, 512));
  header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write(' '.repeat(8), 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What is left in the directory of temporary files. */
  readonly left: readonly string[];
}

/** Whether a process has read a part of a large archive, which takes a while on a busy machine. True where the system does not tell. */
function hasRead(pid = 0): boolean {
  const io = `/proc/${pid}/io`;
  if (!existsSync(io)) return true;
  const bytes = Number(/^rchar: (\d+)$/m.exec(readFileSync(io, 'latin1'))?.[1]);
  return bytes > 100_000_000;
}

/** Runs a command, and interrupts it after a while. */
async function interrupted(
  args: readonly string[],
  input: Uint8Array | null,
  waitMs: number,
): Promise<Ended> {
  const folder = mkdtempSync(join(scratch.folder, 'tmp-'));
  const child = spawn(process.execPath, [command, ...args], {
    env: environment({ TMPDIR: folder }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  // The pipe stays open: more could come.
  if (input !== null) child.stdin.write(input);
  await sleep(waitMs);
  // A pipe has a buffer, so that what was written is read when none is left to write.
  while (input === null ? !hasRead(child.pid) : child.stdin.writableLength > 0) await sleep(50);
  child.kill('SIGINT');
  const status = await ended;
  return { status, stdout, stderr, left: readdirSync(folder) };
}

const CLEAN: Ended = { status: 130, stdout: '', stderr: '', left: [] };

/** A pipe that is copied first is announced. */
const COPYING = /^(?:note: file contents are read twice: copying the input to \S+\n)?$/;

describe('Ctrl-C', () => {
  let huge = '';
  let half: Uint8Array = new Uint8Array(0);
  beforeAll(() => {
    huge = hugeArchive();
    const data = Buffer.alloc(4_000_000, 'text of a file\n');
    half = archiveOf([[{ path: 'a', data }]]).subarray(0, 2_000_000);
  });

  it.each([
    ['secrets', 1500],
    ['secrets', 3000],
    ['duplicates', 1500],
    ['duplicates', 3000],
    ['advise', 1500],
    ['advise --secrets', 1500],
    ['check --forbid-secrets', 1500],
  ])('ends %s of a large image with 130, after %d ms', async (verb, waitMs) => {
    expect(await interrupted([...verb.split(' '), huge], null, waitMs)).toEqual(CLEAN);
  });

  it.each([['secrets'], ['duplicates'], ['find'], ['advise'], ['log'], ['base']])(
    'ends %s of an unfinished pipe, and leaves nothing behind',
    async (verb) => {
      const args = [verb, '-', ...(verb === 'log' ? ['/a'] : [])];
      expect(await interrupted(args, half, 1500)).toEqual({
        ...CLEAN,
        stderr: expect.stringMatching(COPYING),
      });
    },
  );
});
