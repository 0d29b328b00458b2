import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { afterAll, describe, expect, it } from 'vitest';
import { withAtomicFile } from '../../src/io/atomic-file.ts';

const scratch = useScratch();
let made = 0;
function newFolder(): string {
  const folder = join(scratch.folder, `a${made++}`);
  mkdirSync(folder);
  return folder;
}

const write = (path: string, text: string, force = false): Promise<void> =>
  withAtomicFile(path, { force }, (file) => file.write(Buffer.from(text)));

describe('a file', () => {
  it('appears when it is whole, with the permissions of any new file', async () => {
    const folder = newFolder();
    const path = join(folder, 'out');
    const result = await withAtomicFile(path, { force: false }, async (file) => {
      await file.write(Buffer.from('abc'));
      expect(existsSync(path)).toBe(false);
      await file.writeAt?.(Buffer.from('xyz'), 5);
      return 7;
    });
    expect(result).toBe(7);
    expect(readFileSync(path, 'latin1')).toBe('abc\0\0xyz');
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('holds what chunks of any size were when they were given', async () => {
    const path = join(newFolder(), 'out');
    const sizes = [1, 0, 700_000, 3_000_000, 5, 1 << 20, (1 << 20) - 1, 2, 2_097_153];
    const all = Buffer.alloc(sizes.reduce((sum, size) => sum + size, 0));
    for (let i = 0; i < all.length; i++) all[i] = (i * 31) ^ (i >> 10);
    await withAtomicFile(path, { force: false }, async (file) => {
      let at = 0;
      for (const size of sizes) {
        const chunk = new Uint8Array(all.subarray(at, at + size));
        await file.write(chunk);
        chunk.fill(0xff);
        at += size;
      }
    });
    expect(readFileSync(path).equals(all)).toBe(true);
  });

  it('that exists stays as it is without force', async () => {
    const path = scratch.file(Buffer.from('mine'));
    let used = false;
    const error = await errorOfAsync(() =>
      withAtomicFile(path, { force: false }, async () => {
        used = true;
      }),
    );
    expect([error.code, used]).toEqual(['ERR_LAYERS_OUTPUT_EXISTS', false]);
    expect(error.hint).toBe('name another output, or allow this one to be replaced');
    await write(path, 'yours', true);
    expect(readFileSync(path, 'utf8')).toBe('yours');
  });

  it('that came up meanwhile stays as it is without force', async () => {
    const path = join(newFolder(), 'out');
    const error = await errorOfAsync(() =>
      withAtomicFile(path, { force: false }, async () => writeFileSync(path, 'theirs')),
    );
    expect(error.code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readFileSync(path, 'utf8')).toBe('theirs');
  });

  it('that exists stays as it is where writing fails', async () => {
    const folder = newFolder();
    const path = join(folder, 'out');
    writeFileSync(path, 'mine');
    const failing = withAtomicFile(path, { force: true }, async (file) => {
      await file.write(Buffer.alloc(5 << 20));
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('does not appear once the signal says to stop', async () => {
    const folder = newFolder();
    const stop = new AbortController();
    const run = withAtomicFile(join(folder, 'out'), { force: false, signal: stop.signal }, async () =>
      stop.abort(),
    );
    await expect(run).rejects.toThrow('aborted');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('replaces what a symlink leads to, not the link', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync('real', join(folder, 'link'));
    symlinkSync('nothing', join(folder, 'dangling'));
    expect((await errorOfAsync(() => write(join(folder, 'link'), 'x'))).code).toBe(
      'ERR_LAYERS_OUTPUT_EXISTS',
    );
    expect((await errorOfAsync(() => write(join(folder, 'dangling'), 'x'))).code).toBe(
      'ERR_LAYERS_OUTPUT_EXISTS',
    );
    await write(join(folder, 'link'), 'new', true);
    await write(join(folder, 'dangling'), 'new', true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'dangling')).isFile()).toBe(true);
  });

  it('may have the longest name there is', async () => {
    const path = join(newFolder(), '\u{1f40b}'.repeat(63));
    await write(path, 'x');
    expect(existsSync(path)).toBe(true);
  });

  it('says why the system refuses it', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const why = async (path: string) =>
      (await errorOfAsync(() => write(path, 'x'))).message.split(': ').at(-1);
    expect(await why(join(folder, 'no', 'out'))).toBe('no such file or directory');
    expect(await why(join(folder, 'file', 'out'))).toBe('not a directory');
    expect(await why(folder)).toBe('is a directory');
    expect(await why(`${folder}/new/`)).toBe('is a directory');
    expect(await why(join(folder, 'x'.repeat(300)))).toBe('file name too long');
    expect((await errorOfAsync(() => write(folder, 'x'))).code).toBe('ERR_LAYERS_WRITE_OUTPUT');
  });
});

describe('what is no regular file', () => {
  it('is written to where it is', async () => {
    await write('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('and takes no more, fails as a disk does', async () => {
    const error = await errorOfAsync(() => write('/dev/full', 'x'));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_WRITE_OUTPUT',
      'cannot write /dev/full: no space left on device',
    ]);
  });

  it('but a pipe, is waited for and written to', async () => {
    const path = join(newFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const written = withAtomicFile(path, { force: false }, async (file) => {
      expect(file.writeAt).toBeNull();
      for (let i = 0; i < 40; i++) await file.write(Buffer.alloc(100_000, i));
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const reader = spawn('sha256sum', [path]);
    const [output] = await once(reader.stdout, 'data');
    await written;
    const expected = spawnSync('sha256sum', {
      input: Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.alloc(100_000, i))),
    });
    expect(String(output).slice(0, 64)).toBe(expected.stdout.toString().slice(0, 64));
    expect(statSync(path).isFIFO()).toBe(true);
  });

  it('and whose reader goes away, ends with an error', async () => {
    const path = join(newFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = spawn('head', ['-c', '10', path], { stdio: 'ignore' });
    const error = await errorOfAsync(() => write(path, 'x'.repeat(8 << 20)));
    expect(error.message).toContain('broken pipe');
    if (reader.exitCode === null) await once(reader, 'exit');
  });

  it('and nobody reads, lets the signal through', async () => {
    const path = join(newFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const signal = AbortSignal.timeout(60);
    await expect(withAtomicFile(path, { force: false, signal }, async () => {})).rejects.toThrow();
  });
});

const built = fileURLToPath(new URL('../../dist/io/atomic-file.js', import.meta.url));
const program = (body: string): string => `
  import { withAtomicFile } from ${JSON.stringify(built)};
  const path = process.argv[1];
  ${body}`;

describe.skipIf(!existsSync(built))('a process', () => {
  const children: ChildProcess[] = [];
  afterAll(() => children.forEach((child) => void child.kill('SIGKILL')));

  it('that is interrupted while it writes leaves nothing behind', async () => {
    const folder = newFolder();
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      program(`
        process.on('SIGINT', () => process.exit(130));
        await withAtomicFile(path, { force: false }, async (file) => {
          const chunk = new Uint8Array(65536);
          for (let i = 0; i < 50000; i++) {
            await file.write(chunk);
            if (i === 100) console.log('writing');
            if (i > 100) await file.writeAt(chunk, 0);
          }
        });`),
      join(folder, 'out'),
    ]);
    children.push(child);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.out\.[0-9a-f]{12}\.partial$/)]);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes to /dev/stdout, be it a pipe or a file that exists', () => {
    const folder = newFolder();
    const body = `await withAtomicFile(path, { force: false }, (file) => file.write(Buffer.from('hello')));`;
    const script = join(folder, 'program.mjs');
    writeFileSync(script, program(body).replace('argv[1]', 'argv[2]'));
    for (const shell of [
      `"$0" "$1" /dev/stdout | cat`,
      `"$0" "$1" /dev/stdout > "$2/file"; cat "$2/file"`,
      `"$0" "$1" /dev/fd/1 > "$2/file"; cat "$2/file"`,
    ]) {
      const run = spawnSync('sh', ['-c', shell, process.execPath, script, folder]);
      expect([run.stdout.toString(), run.stderr.toString()]).toEqual(['hello', '']);
    }
    const socket = spawnSync(process.execPath, [script, '/dev/stdout']);
    expect([socket.stdout.toString(), socket.stderr.toString()]).toEqual(['hello', '']);
  });
});
