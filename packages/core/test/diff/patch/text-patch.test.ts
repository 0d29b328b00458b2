import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_EDITS } from '../../../src/diff/align-sequences.ts';
import { PATCH_LIMIT_BYTES, type PatchNames, textPatch } from '../../../src/diff/patch/text-patch.ts';

type Content = string | Uint8Array | null;
const bytes = (content: Content): Uint8Array | null =>
  typeof content === 'string' ? Buffer.from(content) : content;
const names = { a: '/f', b: '/f' };

function patchOf(a: Content, b: Content, options: PatchNames = names): string {
  const result = textPatch(bytes(a), bytes(b), options);
  if ('omitted' in result) throw new Error(result.omitted);
  return result.patch;
}

const outcome = (a: Content, b: Content): string => {
  const result = textPatch(bytes(a), bytes(b), names);
  return 'omitted' in result ? result.omitted : 'patch';
};

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => `${i + 1}\n`).join('');

describe('a patch', () => {
  test('adds a line to a file', () => {
    const a = 'root:x:0:0::/root:/bin/sh\nbin:x:1:1::/bin:/bin/false\n';
    expect(patchOf(a, `${a}x:x:1000:1000::/:/bin/sh\n`, { a: '/etc/passwd', b: '/etc/passwd' })).toBe(
      `--- a/etc/passwd
+++ b/etc/passwd
@@ -1,2 +1,3 @@
 root:x:0:0::/root:/bin/sh
 bin:x:1:1::/bin:/bin/false
+x:x:1000:1000::/:/bin/sh
`,
    );
  });

  test('adds and removes a file', () => {
    expect(patchOf(null, 'a\nb\n')).toBe('--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n');
    expect(patchOf('a\n', null)).toBe('--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n');
  });

  test('of a renamed file has both names', () => {
    expect(patchOf('a\n', 'b\n', { a: 'x', b: '//y/z' })).toBe('--- a/x\n+++ b/y/z\n@@ -1 +1 @@\n-a\n+b\n');
  });

  test.each([
    ['both ends', 'a', 'b', '-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n'],
    ['one end', 'a\n', 'a', '-a\n+a\n\\ No newline at end of file\n'],
    ['the other', 'a', 'a\n', '-a\n\\ No newline at end of file\n+a\n'],
  ])('marks a missing line feed: %s', (_, a, b, body) => {
    expect(patchOf(a, b)).toBe(`--- a/f\n+++ b/f\n@@ -1 +1 @@\n${body}`);
  });

  test('marks it for an unchanged last line too', () => {
    expect(patchOf('a\nz', 'b\nz')).toContain('\n-a\n+b\n z\n\\ No newline at end of file\n');
  });

  test('keeps carriage returns, byte order marks, form feeds and other line ends', () => {
    expect(patchOf('\ufeffa\r\nb\r\n', '\ufeffa\r\nc\r\r\n')).toContain('@@\n \ufeffa\r\n-b\r\n+c\r\r\n');
    expect(patchOf('a\rb\u2028c\fd\n', 'a\rb\u2028c\fe\n')).toContain(
      '@@\n-a\rb\u2028c\fd\n+a\rb\u2028c\fe\n',
    );
  });

  test('is empty where no line differs', () => {
    expect([patchOf('a', 'a'), patchOf('', ''), patchOf(null, ''), patchOf(null, null)]).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });

  test('joins only changes whose context touches', () => {
    const hunks = (distance: number): number => {
      const a = numbers(20);
      const b = a.replace('\n5\n', '\nx\n').replace(`\n${5 + distance}\n`, '\ny\n');
      return patchOf(a, b).split('\n@@').length - 1;
    };
    expect([hunks(6), hunks(7), hunks(8)]).toEqual([1, 1, 2]);
  });

  test.each([
    [0, '@@ -5 +5 @@\n-5\n+x\n'],
    [1, '@@ -4,3 +4,3 @@\n 4\n-5\n+x\n 6\n'],
  ])('shows %i lines around a change on request', (context, hunk) => {
    const patch = patchOf(numbers(9), numbers(9).replace('5', 'x'), { ...names, context });
    expect(patch).toBe(`--- a/f\n+++ b/f\n${hunk}`);
  });

  test('ends an added block with its own last line', () => {
    const block = (name: string): string => `${name} {\n}\n`;
    expect(patchOf(block('a') + block('c'), block('a') + block('b') + block('c'))).toContain(
      '\n a {\n }\n+b {\n+}\n c {\n }\n',
    );
  });
});

test('a patch of text that is not UTF-8 has its bytes in base64 too, as git writes them', () => {
  const latin1 = Buffer.from('caf\xe9\nsame\n', 'latin1');
  const found = textPatch(latin1, Buffer.from('café\nsame\n'), { a: 'ä', b: 'ä' });
  if (!('patch' in found)) throw new Error('no patch');
  const wanted = Buffer.concat([
    Buffer.from('--- a/ä\n+++ b/ä\n@@ -1,2 +1,2 @@\n-'),
    latin1.subarray(0, 5),
    Buffer.from('+café\n same\n'),
  ]);
  expect(Buffer.from(found.patchBase64 ?? '', 'base64')).toEqual(wanted);
  expect(found.patch).toBe(wanted.toString('utf8'));
  expect(textPatch(Buffer.from('café\n'), Buffer.from('\ufffd 😀\n'), { a: 'f', b: 'f' })).not.toHaveProperty(
    'patchBase64',
  );
});

describe('no patch', () => {
  test('for a file with a NUL in the first 8000 bytes, which is binary', () => {
    expect(outcome('a\0', 'b')).toBe('binary');
    expect(outcome(null, 'b\0')).toBe('binary');
    expect(outcome(`${'a'.repeat(7999)}\0`, 'b')).toBe('binary');
    expect(outcome(`${'a'.repeat(8000)}\0`, 'b')).toBe('patch');
  });

  test('for too many lines out of order, but for any number of added lines', () => {
    const lines = (count: number, prefix = '') => Array.from({ length: count }, (_, i) => `${prefix}${i}\n`);
    const shuffled = lines(MAX_EDITS);
    expect(outcome(shuffled.join(''), shuffled.toReversed().join(''))).toBe('too-different');
    expect(outcome(lines(50_000, 'a').join(''), lines(50_000, 'b').join(''))).toBe('patch');
  });

  test('above one mebibyte', () => {
    expect(PATCH_LIMIT_BYTES).toBe(1_048_576);
  });
});

describe('names in a patch', () => {
  const header = (name: string | Uint8Array): string =>
    patchOf('a\n', 'b\n', { a: name, b: name }).split('\n')[0] ?? '';

  test.each([
    ['/plain-1.txt', '--- a/plain-1.txt'],
    ['/café/😀', '--- a/café/😀'],
    ['/a b', '--- a/a b\t'],
    ['/q"q', '--- "a/q\\"q"'],
    ['/b\\b', '--- "a/b\\\\b"'],
    ['/n\nn', '--- "a/n\\nn"'],
    ['/t\tt é', '--- "a/t\\tt é"\t'],
    ['/\u0001\u001b\u007f\r\u0007\b\v\f', '--- "a/\\001\\033\\177\\r\\a\\b\\v\\f"'],
    [Buffer.from('/caf\xe9', 'latin1'), '--- "a/caf\\351"'],
    [Buffer.from('/café'), '--- a/café'],
  ])('%j', (name, line) => {
    expect(header(name)).toBe(line);
  });
});

describe('real tools', () => {
  const directory = mkdtempSync(join(tmpdir(), 'layers-patches-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const environment = { ...process.env, LC_ALL: 'C.UTF-8', GIT_CEILING_DIRECTORIES: tmpdir() };
  const run = (command: string, args: string[], input?: string) =>
    spawnSync(command, args, { cwd: directory, input, encoding: 'utf8', env: environment });

  const line = fc.constantFrom(
    'a',
    'b',
    'c',
    'dd',
    '',
    ' ',
    '-',
    '+',
    '--- x',
    '@@',
    '\\ ',
    'é',
    '\r',
    'x\r',
    '\f',
    '\ufeff',
  );
  const text = fc
    .tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', ''))
    .map(([lines, end]) => lines.join('\n') + (lines.length > 0 ? end : ''));
  /** Mostly equal, so that hunks have context. */
  const edited = fc
    .tuple(
      text,
      fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.array(line, { maxLength: 3 })), { maxLength: 4 }),
    )
    .map(([a, edits]) => {
      const lines = a.split('\n');
      for (const [at, removed, added] of edits) lines.splice(at % (lines.length + 1), removed, ...added);
      return { a, b: lines.join('\n') };
    });
  const pair = fc.oneof(edited, fc.record({ a: text, b: text }));
  const content = (name: string): string | null =>
    existsSync(join(directory, name)) ? readFileSync(join(directory, name), 'utf8') : null;

  const tools: ['patch' | 'git', (patch: string) => ReturnType<typeof run>][] = [
    ['patch', (patch) => run('patch', ['-p1', '--no-backup-if-mismatch', '-F0'], patch)],
    ['git', (patch) => run('git', ['apply', '--whitespace=nowarn', '-'], patch)],
  ];

  for (const [tool, apply] of tools)
    test(`${tool} turns A into B`, needs(tool), () => {
      fc.assert(
        fc.property(pair, fc.constantFrom('f', 'a b', 'é', 'd/"q"\\\n', '\t\u0001'), ({ a, b }, name) => {
          if (a === b) return;
          mkdirSync(join(directory, 'd'), { recursive: true });
          writeFileSync(join(directory, name), a);
          const { status, stdout, stderr } = apply(patchOf(a, b, { a: name, b: name }));
          expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
          expect(content(name)).toBe(b);
        }),
        { numRuns: runs(150, 3000) },
      );
    });

  for (const [tool, apply] of tools)
    test(`${tool} creates and removes a file`, needs(tool), () => {
      rmSync(join(directory, 'f'), { force: true });
      expect(apply(patchOf(null, 'a\nb')).status).toBe(0);
      expect(content('f')).toBe('a\nb');
      expect(apply(patchOf('a\nb', null)).status).toBe(0);
      expect(content('f')).toBeNull();
    });

  for (const [tool, apply] of tools)
    test(`${tool} reverts a patch with the patch from B to A`, needs(tool), () => {
      fc.assert(
        fc.property(pair, ({ a, b }) => {
          if (a === b) return;
          writeFileSync(join(directory, 'f'), a);
          expect([apply(patchOf(a, b)).status, apply(patchOf(b, a)).status]).toEqual([0, 0]);
          expect(content('f')).toBe(a);
        }),
        { numRuns: runs(60, 1000) },
      );
    });

  test('no patch is longer than that of diff --minimal', needs('diff'), () => {
    const edits = (patch: string): number =>
      patch
        .split('\n')
        .slice(2)
        .filter((of) => /^[+-]/.test(of)).length;
    fc.assert(
      fc.property(pair, ({ a, b }) => {
        writeFileSync(join(directory, 'x'), a);
        writeFileSync(join(directory, 'y'), b);
        const { stdout } = run('diff', ['-u', '--minimal', '--text', 'x', 'y']);
        expect(edits(patchOf(a, b))).toBe(edits(stdout));
      }),
      { numRuns: runs(150, 3000) },
    );
  });

  test('diff -u writes the same patch for a file of distinct lines', needs('diff'), () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(59), fc.nat(4), fc.nat(3)), { maxLength: 5 }),
        fc.boolean(),
        (edits, end) => {
          const lines = numbers(60).trimEnd().split('\n');
          const a = lines.join('\n');
          for (const [i, [at, removed, added]] of edits.entries()) {
            lines.splice(at, removed, ...Array.from({ length: added }, (_, j) => `new ${i} ${j}`));
          }
          const b = lines.join('\n') + (end ? '\n' : '');
          writeFileSync(join(directory, 'x'), a);
          writeFileSync(join(directory, 'y'), b);
          const { stdout } = run('diff', ['-u', '--label', 'a/f', '--label', 'b/f', 'x', 'y']);
          expect(patchOf(a, b)).toBe(stdout);
        },
      ),
      { numRuns: runs(150, 3000) },
    );
  });
});
