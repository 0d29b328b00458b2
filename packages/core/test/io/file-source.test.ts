import { chmodSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { fileSource } from '../../src/io/file-source.ts';
import { checkUnchanged } from '../../src/io/unchanged.ts';

const scratch = useScratch();
const path = scratch.file(Buffer.from('0123456789'));

describe('a file', () => {
  test('that is missing or a directory causes an error with a clear message', async () => {
    const missing = await errorOfAsync(() => fileSource(`${path}.none`));
    expect(missing).toMatchObject({
      code: 'ERR_LAYERS_READ',
      archive: `${path}.none`,
      hint: 'check the path',
    });
    expect(missing.message).toContain('no such file or directory');
    expect(missing.cause).toMatchObject({ code: 'ENOENT' });
    const error = await errorOfAsync(() => fileSource(scratch.folder).read(new Uint8Array(1), 0));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_READ',
      `cannot read ${scratch.folder}: is a directory`,
    ]);
  });

  test('that is shorter than the caller says is read to its end', () => {
    const target = Buffer.alloc(5, 0x2e);
    expect([fileSource(path, 100).read(target, 8), target.toString()]).toEqual([2, '89...']);
  });

  test('has another identity once its bytes may have changed, and only then', async () => {
    const changing = scratch.file(Buffer.from('abc'));
    const source = fileSource(changing);
    const before = source.identity();
    expect(before).not.toBeNull();
    chmodSync(changing, 0o600);
    expect(source.identity()).toBe(before);
    expect(fileSource(path).identity()).not.toBe(before);
    utimesSync(changing, 1, 1);
    const touched = source.identity();
    expect(touched).not.toBe(before);
    expect((await errorOfAsync(() => checkUnchanged(source, before))).code).toBe('ERR_LAYERS_INPUT_CHANGED');
    writeFileSync(changing, 'abcd');
    utimesSync(changing, 1, 1);
    expect(source.identity()).not.toBe(touched);
    rmSync(changing);
    expect(source.identity()).toBeNull();
    checkUnchanged(source, before);
  });
});
