import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { openFileBytes, openRange } from '../../src/io/file-bytes.ts';

const scratch = useScratch();
const path = scratch.file(Buffer.from('0123456789'));

function read(source: ReturnType<typeof openRange>, length: number, position: number): string {
  const target = Buffer.alloc(length, 0x2e);
  const got = source.read(target, position);
  return `${got} ${target.toString()}`;
}

describe('a file', () => {
  test('is read at any position, up to its end', () => {
    const file = openFileBytes(path);
    expect(file.size).toBe(10);
    expect(read(file, 4, 0)).toBe('4 0123');
    expect(read(file, 4, 8)).toBe('2 89..');
    expect(read(file, 4, 10)).toBe('0 ....');
    expect(read(file, 4, 99)).toBe('0 ....');
    file.close();
  });

  test('is read within a range only', () => {
    const range = openRange({ path, offset: 3, length: 4 });
    expect([range.size, read(range, 9, 0), read(range, 2, 3)]).toEqual([4, '4 3456.....', '1 6.']);
    range.close();
  });

  test('that is shorter than a range is read to its end', () => {
    const range = openRange({ path, offset: 8, length: 100 });
    expect([range.size, read(range, 5, 0)]).toEqual([100, '2 89...']);
    range.close();
  });

  test('that is missing or a directory causes an error with a clear message', async () => {
    const missing = await errorOfAsync(() => openFileBytes(`${path}.none`));
    expect(missing).toMatchObject({
      code: 'ERR_LAYERS_READ',
      archive: `${path}.none`,
      hint: 'check the path',
    });
    expect(missing.message).toContain('no such file or directory');
    expect(missing.cause).toMatchObject({ code: 'ENOENT' });
    const directory = openFileBytes(scratch.folder);
    const error = await errorOfAsync(() => directory.read(new Uint8Array(1), 0));
    directory.close();
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_READ',
      `cannot read ${scratch.folder}: is a directory`,
    ]);
  });
});
