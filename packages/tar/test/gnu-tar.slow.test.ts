import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { push, text, walk } from './support/read.ts';
import { run } from './support/tools.ts';
import { type Fact, factsIn, factsOf, makeTree, temporaryFolder } from './support/tree.ts';

function wholeSeconds(facts: ReadonlyMap<string, Fact>): Map<string, Fact> {
  return new Map([...facts].map(([name, fact]) => [name, { ...fact, mtimeNs: 0 }]));
}

describe('a tar written by GNU tar', needs('tar', 'mkfifo'), () => {
  const temporary = temporaryFolder();
  const plain = join(temporary.path, 'plain');
  const odd = join(temporary.path, 'odd');
  beforeAll(() => {
    run('mkdir', [plain, odd]);
    makeTree(plain, false);
    makeTree(odd, true);
  });
  afterAll(temporary.remove);

  const read = (...args: readonly string[]) => {
    const bytes = new Uint8Array(run('tar', ['-cf', '-', ...args]));
    const walked = walk(bytes);
    const pushed = push(bytes, [777]);
    expect(walked.error).toBeNull();
    expect(walked.warnings).toEqual([]);
    expect(pushed.entries).toEqual(walked.entries);
    return { bytes, entries: walked.entries, pushed };
  };

  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])(
    'in format %s has all files and attributes',
    (format) => {
      const { entries } = read(`--format=${format}`, '-C', plain, '.');
      const facts = factsOf(plain);
      expect(factsIn(entries)).toEqual(format === 'posix' ? facts : wholeSeconds(facts));
    },
  );

  it.each(['oldgnu', 'gnu', 'posix'])(
    'in format %s has long names, non-ASCII names and distant times',
    (format) => {
      const { entries } = read(`--format=${format}`, '-C', odd, '.');
      const facts = factsOf(odd);
      expect(factsIn(entries)).toEqual(format === 'posix' ? facts : wholeSeconds(facts));
    },
  );

  it.each(['gnu', 'posix'])('in format %s has the bytes of the files', (format) => {
    const { pushed } = read(`--format=${format}`, '-C', odd, '.');
    let compared = 0;
    pushed.entries.forEach(({ type, path }, i) => {
      if (type !== 'file') return;
      const onDisk = readFileSync(Buffer.concat([Buffer.from(`${odd}/`), path]));
      expect(Buffer.compare(pushed.data[i] ?? Buffer.of(1), onDisk), text(path)).toBe(0);
      compared++;
    });
    expect(compared).toBeGreaterThan(10);
  });

  it.each(['gnu', 'posix'])('in format %s has the largest ids and times before 1970', (format) => {
    const { entries } = read(
      `--format=${format}`,
      '--owner=x:4294967294',
      '--group=y:4294967293',
      '--mtime=@-86400.75',
      '-C',
      plain,
      'setuid',
    );
    expect(entries).toMatchObject([
      {
        uid: 4_294_967_294,
        gid: 4_294_967_293,
        mtime: -86_401,
        mtimeNs: format === 'posix' ? 250_000_000 : 0,
      },
    ]);
  });

  it.each(['gnu', 'posix'])('in format %s has times thousands of years away', (format) => {
    const { entries } = read(`--format=${format}`, '--mtime=@99999999999', '-C', plain, 'setuid');
    expect(entries[0]?.mtime).toBe(99_999_999_999);
  });

  it('in PAX with global headers has the attributes of each entry', () => {
    const { entries } = read('--format=posix', '--pax-option=uid=77', '-C', plain, 'setuid', 'none');
    expect(entries.map(({ uid }) => uid)).toEqual([77, 77]);
  });

  it('with access times in GNU headers has no prefix', () => {
    const { entries } = read('--format=gnu', '--incremental', '-C', plain, '.');
    const names = entries.map(({ path }) => text(path));
    expect(names).toContain('./setuid');
    expect(names.every((name) => name.startsWith('./'))).toBe(true);
  });

  it('with xattrs has their names and values as bytes', needs('python3'), (context) => {
    const path = join(plain, 'setuid');
    const script = 'import os,sys\nos.setxattr(sys.argv[1],b"user.caf\\xc3\\xa9",b"\\x00\\xff=\\n")';
    try {
      run('python3', ['-c', script, path]);
    } catch {
      context.skip('the temporary directory does not support extended attributes');
    }
    const { entries } = read('--format=posix', '--xattrs', '-C', plain, 'setuid');
    expect(Object.fromEntries(entries[0]?.xattrs ?? [])).toMatchObject({
      'user.caf\xc3\xa9': new Uint8Array([0, 0xff, 0x3d, 0x0a]),
    });
  });
});
