import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_XATTR_FILES } from '../../src/extract/xattr-writer.ts';
import { extracted, notDoneCounts } from './support/extracted.ts';

vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  return { ...real, spawnSync: vi.fn(real.spawnSync) };
});

const scratch = useScratch();
const mocked = vi.mocked(spawnSync);
const ended = { pid: 1, output: [], stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), signal: null };
const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const withXattr = (path: string): EntrySpec => ({ path, xattrs: new Map([['user.a', Buffer.from('x')]]) });

beforeEach(() => {
  mocked.mockClear();
});

/** Returns the attributes of a file in the format of getfattr. */
const read = (directory: string, name: string): string[] =>
  spawnSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', join(directory, name)])
    .stdout.toString('latin1')
    .split('\n')
    .filter((line) => /^(?:user|security)\./.test(line));

describe('extended attributes', () => {
  test('are set with the program setfattr', needs('setfattr', 'getfattr'), async () => {
    const xattrs = new Map([
      ['user.note', Buffer.from('a\0\n"')],
      ['user.empty', Buffer.alloc(0)],
      ['user.b\\c d', Buffer.from('odd')],
      ...(process.geteuid?.() === 0 ? ([['security.capability', CAPABILITY]] as const) : []),
    ]);
    const { directory, report } = await extracted(scratch, [
      [
        { path: 'ping', xattrs, mode: 0o755 },
        { type: 'directory', path: 'd', xattrs: new Map([['user.d', Buffer.from('d')]]) },
        { type: 'link', path: 'ping6', linkpath: 'ping' },
      ],
    ]);
    // Some file systems have no attributes of users.
    if (notDoneCounts(report)['xattr'] !== undefined) return;
    expect(read(directory, 'ping6')).toEqual([
      ...(xattrs.has('security.capability') ? [`security.capability=0x${CAPABILITY.toString('hex')}`] : []),
      expect.stringMatching(/^user\.b.+c d=0x6f6464$/),
      expect.stringMatching(/^user\.empty(?:=0x)?$/),
      'user.note=0x61000a22',
    ]);
    expect(read(directory, 'd')).toEqual(['user.d=0x64']);
  });

  test('that cannot be set are reported once for each file', async () => {
    mocked.mockReturnValue({ ...ended, status: 1 });
    const xattrs = new Map([['security.capability', CAPABILITY]]);
    const { report } = await extracted(scratch, [
      [
        { path: 'ping', xattrs },
        { type: 'link', path: 'ping6', linkpath: 'ping' },
        { type: 'symlink', path: 'sym', linkpath: 'x', xattrs },
        { path: 'overlay', xattrs: new Map([['trusted.overlay.opaque', Buffer.from('y')]]) },
      ],
    ]);
    expect(notDoneCounts(report)).toEqual({ xattr: 3 });
    expect(report.notDone[0]?.message).toBe(
      'not set: security.capability, so the file lacks its capabilities: the file system or the user does not permit it',
    );
    expect(mocked).toHaveBeenCalledTimes(1);
  });

  test('that cannot be set are told from those of the same file that are', async () => {
    mocked.mockImplementation((_program, _args, options) => {
      const input = String(typeof options === 'object' && 'input' in options ? options.input : '');
      return { ...ended, status: input.includes('user.bad=') ? 1 : 0 };
    });
    const xattrs = new Map(['user.a', 'user.bad', 'user.z'].map((name) => [name, Buffer.from('x')]));
    const { report } = await extracted(scratch, [[{ path: 'f', xattrs }]]);
    expect(report.notDone.map(({ message }) => message)).toEqual([
      'not set: user.bad: the file system or the user does not permit it',
    ]);
  });

  test('are not set without the program, which is searched once', async () => {
    const error = Object.assign(new Error('spawnSync setfattr ENOENT'), { code: 'ENOENT' });
    mocked.mockReturnValue({ ...ended, status: null, error });
    const { report } = await extracted(scratch, [[withXattr('a'), withXattr('b')]]);
    expect(report.notDone.map(({ message }) => message)).toEqual([
      'not set: user.a: the program setfattr is not installed',
      'not set: user.a: the program setfattr is not installed',
    ]);
    expect(mocked).toHaveBeenCalledTimes(1);
  });

  test('are set for a limited number of files', async () => {
    mocked.mockReturnValue({ ...ended, status: 0 });
    const entries = Array.from({ length: MAX_XATTR_FILES + 5 }, (_, i) => withXattr(`f${i}`));
    const { report } = await extracted(scratch, [entries]);
    expect(notDoneCounts(report)).toEqual({ xattr: 5 });
    expect(mocked).toHaveBeenCalledTimes(MAX_XATTR_FILES);
  });
});
