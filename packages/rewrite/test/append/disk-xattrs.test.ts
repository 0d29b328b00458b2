import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkTar } from '@layers/tar';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { planAppend } from '../../src/append/plan-append.ts';
import { imageOf, tarOf } from './support.ts';

vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  return { ...real, spawnSync: vi.fn(real.spawnSync) };
});

const scratch = useScratch();
const mocked = vi.mocked(spawnSync);
const CAPABILITY = '0x0100000200200000000000000000000000000000';

beforeEach(() => {
  mocked.mockClear();
});

/** Sets an attribute; returns false where the file system has none. */
const set = (path: Buffer | string, name: string, value: string): boolean =>
  spawnSync('sh', ['-c', `setfattr -n '${name}' -v '${value}' "$1"`, 'sh', String(path)]).status === 0;

/** Returns the names and values of the attributes in a layer. */
async function xattrsIn(plan: Awaited<ReturnType<typeof planAppend>>) {
  const tar = await tarOf(plan);
  const entries = [];
  const source = { size: tar.length, read: (into: Uint8Array, at: number) => tar.copy(into, 0, at) };
  for (const { path, xattrs, type } of walkTar(source)) {
    const values = [...(xattrs ?? [])].map(([name, value]) => `${name}=${Buffer.from(value).toString()}`);
    entries.push([Buffer.from(path).toString('latin1'), type, ...values]);
  }
  return entries;
}

describe('the extended attributes of added files', () => {
  test('are read from a directory and from a file', needs('setfattr', 'getfattr'), async () => {
    const top = mkdtempSync(join(scratch.folder, 'xattrs-'));
    mkdirSync(join(top, 'd'));
    for (const name of ['a', 'd/line\nbreak', 'd/back\\slash', 'plain', 'd/é'])
      writeFileSync(join(top, name), '');
    if (!set(join(top, 'a'), 'user.k', '1')) return;
    for (const name of ['d/line\nbreak', 'd/back\\slash', 'd/é', 'd']) set(join(top, name), 'user.k', '2');
    set(join(top, 'a'), 'user.overlay.opaque', 'y');
    set(join(top, 'a'), 'trusted.k', '1');
    linkSync(join(top, 'a'), join(top, 'same'));
    symlinkSync('a', join(top, 'symlink'));
    const plan = await planAppend(null, [{ source: top, destination: '/' }], []);
    expect(await xattrsIn(plan)).toEqual([
      ['d/', 'directory', 'user.k=2'],
      ['symlink', 'symlink'],
      ['a', 'file', 'user.k=1'],
      ['d/back\\slash', 'file', 'user.k=2'],
      ['d/line\nbreak', 'file', 'user.k=2'],
      ['d/\xc3\xa9', 'file', 'user.k=2'],
      ['plain', 'file'],
      ['same', 'link', 'user.k=1'],
    ]);
    const single = await planAppend(null, [{ source: join(top, 'symlink'), destination: '/s' }], []);
    expect(await xattrsIn(single)).toEqual([['s', 'file', 'user.k=1']]);
  });

  test('make a file differ only if the disk has them', needs('setfattr', 'getfattr'), async () => {
    const xattrs = new Map([['user.k', Buffer.from('1')]]);
    const base = await imageOf(scratch, [[{ path: 'a', xattrs }, { path: 'b' }]]);
    const top = mkdtempSync(join(scratch.folder, 'diff-'));
    for (const name of ['a', 'b']) writeFileSync(join(top, name), '', { mode: 0o644 });
    const additions = [{ source: top, destination: '/' }];
    expect(await planAppend(base, additions, [], { diff: true })).toMatchObject({ files: 0, findings: [] });
    if (!set(join(top, 'a'), 'user.k', '1')) return;
    expect(await planAppend(base, additions, [], { diff: true })).toMatchObject({ files: 0 });
    set(join(top, 'b'), 'user.k', '1');
    expect(await planAppend(base, additions, [], { diff: true })).toMatchObject({ files: 1 });
    set(join(top, 'a'), 'user.other', '1');
    expect(await planAppend(base, additions, [], { diff: true })).toMatchObject({ files: 2 });
  });

  test('that a tar cannot store are left out, with a finding', needs('setfattr', 'getfattr'), async () => {
    const top = mkdtempSync(join(scratch.folder, 'odd-'));
    for (const name of ['a', 'b']) writeFileSync(join(top, name), '');
    if (!set(join(top, 'a'), 'user.x=y', '1')) return;
    set(join(top, 'a'), 'user.é', '1');
    set(join(top, 'a'), 'user.latin\xe9', '0x610062');
    set(join(top, 'a'), 'user.empty', '');
    set(join(top, 'b'), 'user.=', '1');
    linkSync(join(top, 'b'), join(top, 'same'));
    const plan = await planAppend(null, [{ source: top, destination: '/d' }], []);
    expect(await xattrsIn(plan)).toEqual([
      ['d/', 'directory'],
      ['d/a', 'file', 'user.empty=', 'user.latin\xc3\xa9=a\0b', 'user.\xc3\xa9=1'],
      ['d/b', 'file'],
      ['d/same', 'link'],
    ]);
    const leftOut = (path: string, name: string) => ({
      code: 'xattr-left-out',
      message: `a tar cannot store the extended attribute "${name}", because its name contains "=": left out`,
      place: { path },
    });
    expect(plan.findings).toMatchObject([
      leftOut('/d/a', 'user.x=y'),
      leftOut('/d/b', 'user.='),
      { code: 'xattr-empty', place: { path: '/d/a' } },
    ]);
    const single = await planAppend(null, [{ source: join(top, 'b'), destination: '/s' }], []);
    expect(single.findings).toMatchObject([leftOut('/s', 'user.=')]);
  });

  test('include capabilities', needs('setfattr', 'getfattr'), async () => {
    const top = mkdtempSync(join(scratch.folder, 'capability-'));
    writeFileSync(join(top, 'ping'), '');
    if (!set(join(top, 'ping'), 'security.capability', CAPABILITY)) return;
    const plan = await planAppend(null, [{ source: top, destination: '/' }], []);
    expect((await xattrsIn(plan)).flat().join()).toContain('security.capability=\x01\0\0\x02');
  });

  test('are not read without the program, which a finding reports', async () => {
    const error = Object.assign(new Error('spawnSync getfattr ENOENT'), { code: 'ENOENT' });
    const ended = { pid: 0, output: [], stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), signal: null };
    mocked.mockReturnValueOnce({ ...ended, status: null, error });
    const top = mkdtempSync(join(scratch.folder, 'without-'));
    writeFileSync(join(top, 'a'), '');
    const plan = await planAppend(null, [{ source: top, destination: '/' }], []);
    expect(plan.findings).toMatchObject([
      {
        code: 'xattrs-not-read',
        message: 'extended attributes of added files are not read: the program getfattr is not installed',
      },
    ]);
  });
});
