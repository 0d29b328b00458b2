import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeOf } from '@layers/testing/documents';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Spool, spoolStream } from '../../src/io/spool.ts';

const scratch = useScratch();
const folder = join(scratch.folder, 'temporary');
const before = process.env['TMPDIR'];

beforeEach(() => {
  mkdirSync(folder, { recursive: true });
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

describe('a stream', () => {
  test('becomes a file that only its owner can read, until it is removed', async () => {
    const bytes = Buffer.from('0123456789'.repeat(1000));
    const spool = await spoolStream(pipeOf(bytes, [777]));
    expect(readFileSync(spool.path).equals(bytes)).toBe(true);
    expect(dirname(dirname(spool.path))).toBe(folder);
    expect(statSync(spool.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(spool.path)).mode & 0o777).toBe(0o700);
    spool.remove();
    spool.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('can be given up by whoever was told of the file', async () => {
    const told: Spool[] = [];
    const spool = await spoolStream(pipeOf(Buffer.from('x')), (made) => {
      expect(existsSync(made.path)).toBe(false);
      told.push(made);
    });
    expect(told).toEqual([spool]);
    told[0]?.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that breaks leaves nothing behind', async () => {
    async function* broken() {
      yield Buffer.from('some');
      throw new RangeError('broken pipe');
    }
    await expect(spoolStream(broken())).rejects.toThrow('broken pipe');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('for which there is no place is an error of ours', async () => {
    process.env['TMPDIR'] = join(folder, 'none');
    const error = await errorOfAsync(() => spoolStream(pipeOf(Buffer.from('x'))));
    expect(error.code).toBe('ERR_LAYERS_SPOOL');
    expect(error.message).toMatch(/no such file or directory/);
    expect(error.hint).toBe(`temporary files go to ${join(folder, 'none')}: set TMPDIR to another directory`);
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('whose file cannot be made or written is one too, and leaves nothing', async () => {
    const taken = (spool: Spool): void => void mkdirSync(spool.path);
    expect((await errorOfAsync(() => spoolStream(pipeOf(Buffer.from('x')), taken))).code).toBe(
      'ERR_LAYERS_SPOOL',
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
