import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { withAtomicDirectory } from '../../src/io/atomic-directory.ts';
import { writeError } from '../../src/io/system-errors.ts';

const scratch = useScratch();
let made = 0;
function newDirectory(files: readonly string[] = []): string {
  const directory = join(scratch.folder, `d${made++}`, 'out');
  mkdirSync(directory, { recursive: true });
  for (const file of files) writeFileSync(join(directory, file), 'old');
  return directory;
}

const fill = (path: string, force = false, use?: (directory: string) => void): Promise<string> =>
  withAtomicDirectory(path, { force, marker: 'mark', last: 'last' }, async (directory) => {
    mkdirSync(join(directory, 'sub'));
    for (const name of ['last', 'mark', 'sub/file']) writeFileSync(join(directory, name), 'new');
    use?.(directory);
    return 'done';
  });

const FILLED = ['last', 'mark', 'sub'];

describe('a directory', () => {
  it('appears when it is complete', async () => {
    const path = newDirectory();
    rmdirSync(path);
    expect(await fill(path, false, () => expect(existsSync(path)).toBe(false))).toBe('done');
    expect(readdirSync(path)).toEqual(FILLED);
    expect(readdirSync(join(path, '..'))).toEqual(['out']);
  });

  it('is named in errors instead of the temporary directory', async () => {
    const path = newDirectory();
    rmdirSync(path);
    const full = (directory: string): never => {
      const cause = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      throw writeError(join(directory, 'blobs'), cause);
    };
    const error = await errorOfAsync(() => fill(path, false, full));
    expect(error.message).toBe(`cannot write ${path}: no space left on device`);
    expect(error.cause).toMatchObject({ code: 'ENOSPC' });
  });

  it('that is empty is filled and not replaced', async () => {
    const path = newDirectory();
    symlinkSync('out', join(path, '..', 'link'));
    await fill(`${join(path, '..', 'link')}/.`);
    expect(readdirSync(path)).toEqual(FILLED);
    expect(readdirSync(join(path, '..'))).toEqual(['link', 'out']);
  });

  it('that is not empty is not changed without force', async () => {
    const path = newDirectory(['mark', 'mine']);
    expect((await errorOfAsync(() => fill(path))).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(path)).toEqual(['mark', 'mine']);
  });

  it('with the marker is replaced with force, after the new one is complete', async () => {
    const path = newDirectory(['mark', 'mine']);
    const fails = () => {
      throw new Error('no more');
    };
    await expect(fill(path, true, fails)).rejects.toThrow('no more');
    expect(readFileSync(join(path, 'mark'), 'utf8')).toBe('old');
    expect(readdirSync(join(path, '..'))).toEqual(['out']);
    await fill(path, true);
    expect(readdirSync(path)).toEqual(FILLED);
    expect(readdirSync(join(path, '..'))).toEqual(['out']);
  });

  it('of other files is never replaced', async () => {
    const path = newDirectory(['thesis.txt']);
    const error = await errorOfAsync(() => fill(path, true));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_OUTPUT_EXISTS',
      `${path} is a directory of other files`,
    ]);
    expect(readdirSync(path)).toEqual(['thesis.txt']);
  });

  it('leaves no files on failure, whether it was empty or did not exist', async () => {
    const fails = () => {
      throw new Error('no more');
    };
    const path = newDirectory();
    await expect(fill(path, false, fails)).rejects.toThrow('no more');
    expect(readdirSync(path)).toEqual([]);
    rmdirSync(path);
    await expect(fill(path, false, fails)).rejects.toThrow('no more');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('in which files appear meanwhile is not changed', async () => {
    const path = newDirectory();
    const run = () => fill(path, false, () => writeFileSync(join(path, 'mark'), 'theirs'));
    expect((await errorOfAsync(run)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(path)).toEqual(['mark']);
    const second = newDirectory();
    const late = () => fill(second, false, () => mkdirSync(join(second, 'sub')));
    expect((await errorOfAsync(late)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(second)).toEqual(['sub']);
    const absent = join(path, '..', 'absent');
    const other = () => fill(absent, false, () => void mkdirSync(join(absent, 'x'), { recursive: true }));
    expect((await errorOfAsync(other)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(absent)).toEqual(['x']);
  });

  it('does not replace a file', async () => {
    const path = scratch.file(Buffer.from('mine'));
    expect((await errorOfAsync(() => fill(path, true))).code).toBe('ERR_LAYERS_WRITE_OUTPUT');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});
