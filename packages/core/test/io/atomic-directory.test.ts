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
function newFolder(files: readonly string[] = []): string {
  const folder = join(scratch.folder, `d${made++}`, 'out');
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(join(folder, file), 'old');
  return folder;
}

const fill = (path: string, force = false, use?: (folder: string) => void): Promise<string> =>
  withAtomicDirectory(path, { force, marker: 'mark', last: 'last' }, async (folder) => {
    mkdirSync(join(folder, 'sub'));
    for (const name of ['last', 'mark', 'sub/file']) writeFileSync(join(folder, name), 'new');
    use?.(folder);
    return 'done';
  });

const FILLED = ['last', 'mark', 'sub'];

describe('a folder', () => {
  it('appears when it is whole', async () => {
    const path = newFolder();
    rmdirSync(path);
    expect(await fill(path, false, () => expect(existsSync(path)).toBe(false))).toBe('done');
    expect(readdirSync(path)).toEqual(FILLED);
    expect(readdirSync(join(path, '..'))).toEqual(['out']);
  });

  it('is what an error names, and not the part that it was to be', async () => {
    const path = newFolder();
    rmdirSync(path);
    const full = (folder: string): never => {
      const cause = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      throw writeError(join(folder, 'blobs'), cause);
    };
    const error = await errorOfAsync(() => fill(path, false, full));
    expect(error.message).toBe(`cannot write ${path}: no space left on device`);
    expect(error.cause).toMatchObject({ code: 'ENOSPC' });
  });

  it('that is empty is filled, and stays the same folder', async () => {
    const path = newFolder();
    symlinkSync('out', join(path, '..', 'link'));
    await fill(`${join(path, '..', 'link')}/.`);
    expect(readdirSync(path)).toEqual(FILLED);
    expect(readdirSync(join(path, '..'))).toEqual(['link', 'out']);
  });

  it('that holds something stays as it is without force', async () => {
    const path = newFolder(['mark', 'mine']);
    expect((await errorOfAsync(() => fill(path))).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(path)).toEqual(['mark', 'mine']);
  });

  it('of the same kind is replaced with force, once the new one is whole', async () => {
    const path = newFolder(['mark', 'mine']);
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
    const path = newFolder(['thesis.txt']);
    const error = await errorOfAsync(() => fill(path, true));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_OUTPUT_EXISTS',
      `${path} is a directory of other files`,
    ]);
    expect(readdirSync(path)).toEqual(['thesis.txt']);
  });

  it('that fails leaves nothing behind, be there an empty one or none', async () => {
    const fails = () => {
      throw new Error('no more');
    };
    const path = newFolder();
    await expect(fill(path, false, fails)).rejects.toThrow('no more');
    expect(readdirSync(path)).toEqual([]);
    rmdirSync(path);
    await expect(fill(path, false, fails)).rejects.toThrow('no more');
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('into which something came meanwhile keeps that alone', async () => {
    const path = newFolder();
    const run = () => fill(path, false, () => writeFileSync(join(path, 'mark'), 'theirs'));
    expect((await errorOfAsync(run)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(path)).toEqual(['mark']);
    const second = newFolder();
    const late = () => fill(second, false, () => mkdirSync(join(second, 'sub')));
    expect((await errorOfAsync(late)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(second)).toEqual(['sub']);
    const absent = join(path, '..', 'absent');
    const other = () => fill(absent, false, () => void mkdirSync(join(absent, 'x'), { recursive: true }));
    expect((await errorOfAsync(other)).code).toBe('ERR_LAYERS_OUTPUT_EXISTS');
    expect(readdirSync(absent)).toEqual(['x']);
  });

  it('is no file', async () => {
    const path = scratch.file(Buffer.from('mine'));
    expect((await errorOfAsync(() => fill(path, true))).code).toBe('ERR_LAYERS_WRITE_OUTPUT');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});
