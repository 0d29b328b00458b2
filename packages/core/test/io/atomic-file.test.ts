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
function newDirectory(): string {
  const directory = join(scratch.folder, `a${made++}`);
  mkdirSync(directory);
  return directory;
}

const write = (path: string, text: string, force = false): Promise<void> =>
  withAtomicFile(path, { force }, (file) => file.write(Buffer.from(text)));

describe('a file', () => {
  it('appears when it is complete, with the permissions of any new file', async () => {
    const directory = newDirectory();
    const path = join(directory, 'out');
    const result = await withAtomicFile(path, { force: false }, async (file) => {
      await file.write(Buffer.from('abc'));
      expect(existsSync(path)).toBe(false);
      file.writeAt?.(Buffer.from('xyz'), 5);
      return 7;
    });
    expect(result).toBe(7);
    expect(readFileSync(path, 'latin1')).toBe('abc\0\0xyz');
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(readdirSync(directory)).toEqual(['out']);
  });

  it('can be cut, and written again', async () => {
    const path = join(newDirectory(), 'out');
    await withAtomicFile(path, { force: false }, async (file) => {
      file.writeAt?.(Buffer.from('abcdef'), 0);
      file.truncate?.(0);
      file.writeAt?.(Buffer.from('xyz'), 1);
    });
    expect(readFileSync(path, 'latin1')).toBe('\0xyz');
  });

  it('contains chunks of any size as they were when passed', async () => {
    const path = join(newDirectory(), 'out');
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

  it('that exists is not replaced without force', async () => {
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

  it('that appears meanwhile is not replaced without force', async () => {
    const path = join(newDirectory(), 'out');
    const error = await errorOfAsync(() =>
      withAtomicFile(path, { force: false }, async () => writeFileSync(path, 'theirs')),
    );
    expect(error.code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readFileSync(path, 'utf8')).toBe('theirs');
  });

  it('that exists is not changed where writing fails', async () => {
    const directory = newDirectory();
    const path = join(directory, 'out');
    writeFileSync(path, 'mine');
    const failing = withAtomicFile(path, { force: true }, async (file) => {
      await file.write(Buffer.alloc(5 << 20));
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(directory)).toEqual(['out']);
  });

  it('does not appear after the signal aborts', async () => {
    const directory = newDirectory();
    const stop = new AbortController();
    const run = withAtomicFile(join(directory, 'out'), { force: false, signal: stop.signal }, async () =>
      stop.abort(),
    );
    await expect(run).rejects.toThrow('aborted');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('replaces the target of a symlink, not the link', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'real'), 'old');
    symlinkSync('real', join(directory, 'link'));
    symlinkSync('nothing', join(directory, 'dangling'));
    expect((await errorOfAsync(() => write(join(directory, 'link'), 'x'))).code).toBe(
      'ERR_LAYERS_OUTPUT_EXISTS',
    );
    expect((await errorOfAsync(() => write(join(directory, 'dangling'), 'x'))).code).toBe(
      'ERR_LAYERS_OUTPUT_EXISTS',
    );
    await write(join(directory, 'link'), 'new', true);
    await write(join(directory, 'dangling'), 'new', true);
    expect(readFileSync(join(directory, 'real'), 'utf8')).toBe('new');
    expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(directory, 'dangling')).isFile()).toBe(true);
  });

  it('may have the longest possible name', async () => {
    const path = join(newDirectory(), '\u{1f40b}'.repeat(63));
    await write(path, 'x');
    expect(existsSync(path)).toBe(true);
  });

  it('causes an error with the reason of the system', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'file'), '');
    const why = async (path: string) =>
      (await errorOfAsync(() => write(path, 'x'))).message.split(': ').at(-1);
    expect(await why(join(directory, 'no', 'out'))).toBe('no such file or directory');
    expect(await why(join(directory, 'file', 'out'))).toBe('not a directory');
    expect(await why(directory)).toBe('is a directory');
    expect(await why(`${directory}/new/`)).toBe('is a directory');
    expect(await why(join(directory, 'x'.repeat(300)))).toBe('file name too long');
    expect((await errorOfAsync(() => write(directory, 'x'))).code).toBe('ERR_LAYERS_WRITE_OUTPUT');
  });
});

describe('a special file', () => {
  it('is written in place', async () => {
    await write('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('that is full causes the same error as a disk', async () => {
    const error = await errorOfAsync(() => write('/dev/full', 'x'));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_WRITE_OUTPUT',
      'cannot write /dev/full: no space left on device',
    ]);
  });

  it('that is a named pipe is written after it has a reader', async () => {
    const path = join(newDirectory(), 'pipe');
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

  it('that is a pipe whose reader exits causes an error', async () => {
    const path = join(newDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = spawn('head', ['-c', '10', path], { stdio: 'ignore' });
    const error = await errorOfAsync(() => write(path, 'x'.repeat(8 << 20)));
    expect(error.message).toContain('broken pipe');
    if (reader.exitCode === null) await once(reader, 'exit');
  });

  it('that is a pipe without a reader can be aborted by the signal', async () => {
    const path = join(newDirectory(), 'pipe');
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

  it('that is interrupted while it writes leaves no file', async () => {
    const directory = newDirectory();
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
            if (i > 100) file.writeAt(chunk, 0);
          }
        });`),
      join(directory, 'out'),
    ]);
    children.push(child);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(readdirSync(directory)).toEqual([expect.stringMatching(/^\.out\.[0-9a-f]{12}\.partial$/)]);
    child.kill('SIGINT');
    expect((await once(child, 'exit'))[0]).toBe(130);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('writes to /dev/stdout, which may be a pipe or an existing file', () => {
    const directory = newDirectory();
    const body = `await withAtomicFile(path, { force: false }, (file) => file.write(Buffer.from('hello')));`;
    const script = join(directory, 'program.mjs');
    writeFileSync(script, program(body).replace('argv[1]', 'argv[2]'));
    for (const shell of [
      `"$0" "$1" /dev/stdout | cat`,
      `"$0" "$1" /dev/stdout > "$2/file"; cat "$2/file"`,
      `"$0" "$1" /dev/fd/1 > "$2/file"; cat "$2/file"`,
    ]) {
      const run = spawnSync('sh', ['-c', shell, process.execPath, script, directory]);
      expect([run.stdout.toString(), run.stderr.toString()]).toEqual(['hello', '']);
    }
    const socket = spawnSync(process.execPath, [script, '/dev/stdout']);
    expect([socket.stdout.toString(), socket.stderr.toString()]).toEqual(['hello', '']);
  });
});
