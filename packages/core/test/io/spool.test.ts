import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeOf } from '@layers/testing/documents';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Spool, spoolStream } from '../../src/io/spool.ts';

const scratch = useScratch();
const directory = join(scratch.folder, 'temporary');
const before = process.env['TMPDIR'];

beforeEach(() => {
  mkdirSync(directory, { recursive: true });
  process.env['TMPDIR'] = directory;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

describe('a stream', () => {
  test('is copied to a file that only its owner can read, until it is removed', async () => {
    const bytes = Buffer.from('0123456789'.repeat(1000));
    const spool = await spoolStream(pipeOf(bytes, [777]));
    expect(readFileSync(spool.path).equals(bytes)).toBe(true);
    expect(dirname(dirname(spool.path))).toBe(directory);
    expect(statSync(spool.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(spool.path)).mode & 0o777).toBe(0o700);
    spool.remove();
    spool.remove();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('can be cancelled when its file was created', async () => {
    const created: Spool[] = [];
    const spool = await spoolStream(pipeOf(Buffer.from('x')), (made) => {
      expect(existsSync(made.path)).toBe(false);
      created.push(made);
    });
    expect(created).toEqual([spool]);
    created[0]?.remove();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that fails leaves no file', async () => {
    async function* broken() {
      yield Buffer.from('some');
      throw new RangeError('broken pipe');
    }
    await expect(spoolStream(broken())).rejects.toThrow('broken pipe');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that does not fit on the disk causes ERR_LAYERS_SPOOL', async () => {
    process.env['TMPDIR'] = join(directory, 'none');
    const error = await errorOfAsync(() => spoolStream(pipeOf(Buffer.from('x'))));
    expect(error.code).toBe('ERR_LAYERS_SPOOL');
    expect(error.message).toMatch(/no such file or directory/);
    expect(error.hint).toBe(
      `temporary files go to ${join(directory, 'none')}: set TMPDIR to another directory`,
    );
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('whose file cannot be created or written causes the same error and leaves no file', async () => {
    const taken = (spool: Spool): void => void mkdirSync(spool.path);
    expect((await errorOfAsync(() => spoolStream(pipeOf(Buffer.from('x')), taken))).code).toBe(
      'ERR_LAYERS_SPOOL',
    );
    expect(readdirSync(directory)).toEqual([]);
  });
});
