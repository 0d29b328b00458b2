import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createPathFilter, createPathMatcher } from '../../../src/diff/paths/path-filter.ts';
import { ALL_PATHS } from '../../../src/diff/paths/selected-paths.ts';

/** Returns the paths that a pattern matches. */
const matching = (pattern: string, ...paths: string[]): string[] =>
  paths.filter(createPathFilter({ include: [pattern] }).included);

describe('without patterns', () => {
  test('every path is included', () => {
    expect(ALL_PATHS.all).toBe(true);
    expect(['/', '/a', '/a/b'].every(ALL_PATHS.included)).toBe(true);
    expect(['/', '/a', '/a/b'].some(ALL_PATHS.prunes)).toBe(false);
  });

  test('a pattern excludes other paths', () => {
    expect(createPathFilter({ include: ['*'] }).all).toBe(false);
    expect(createPathFilter({ exclude: ['a'] }).all).toBe(false);
  });
});

describe('the depth at which a pattern matches', () => {
  test.each([
    ['*.pyc', ['/a.pyc', '/usr/lib/b.pyc', '/.pyc'], ['/a.py', '/a.pyc.txt']],
    ['passwd', ['/passwd', '/etc/passwd', '/passwd/x'], ['/etc/passwd-', '/etc/xpasswd']],
    ['/passwd', ['/passwd', '/passwd/x'], ['/etc/passwd', '/']],
    ['etc/passwd', ['/etc/passwd'], ['/x/etc/passwd', '/etc']],
    ['/etc/passwd', ['/etc/passwd'], ['/x/etc/passwd', '/etc']],
    ['./etc/passwd', ['/etc/passwd'], ['/x/etc/passwd']],
    ['//etc//passwd', ['/etc/passwd'], ['/x/etc/passwd']],
    ['__pycache__/', ['/__pycache__', '/usr/__pycache__/x'], ['/__pycache__x']],
    ['var/cache/', ['/var/cache', '/var/cache/apt/a.bin'], ['/var', '/var/cached', '/srv/var/cache']],
    ['**/node_modules', ['/node_modules', '/a/b/node_modules', '/a/node_modules/x/y'], ['/node_modules2']],
    ['/a/**/z', ['/a/z', '/a/b/z', '/a/b/c/z', '/a/b/z/below'], ['/a', '/z', '/b/a/z']],
    ['/a/*', ['/a/b', '/a/.hidden', '/a/b/c'], ['/a', '/b']],
    ['/a/**', ['/a/b', '/a/b/c', '/a/.b'], ['/a', '/ab', '/']],
    ['/*/b', ['/a/b', '/.a/b'], ['/b', '/a/x/b']],
    ['*', ['/a', '/a/b', '/.a'], ['/']],
    ['**', ['/a', '/a/b', '/.a'], ['/']],
    ['/**', ['/a', '/a/b', '/.a'], ['/']],
    ['/', ['/', '/a', '/a/b'], []],
    ['.', ['/', '/a', '/a/b'], []],
  ])('%s', (pattern, inside, outside) => {
    expect(matching(pattern, ...inside, ...outside)).toEqual(inside);
  });
});

describe('a pattern for one name', () => {
  test.each([
    ['a?c', ['/abc', '/a.c', '/a\nc'], ['/ac', '/abbc', '/a/c']],
    ['[ab]', ['/a', '/b'], ['/c', '/[ab]', '/ab']],
    ['[!ab]', ['/c', '/['], ['/a', '/b', '/']],
    ['[^ab]', ['/c'], ['/a']],
    ['[a-c]x', ['/ax', '/cx'], ['/dx']],
    ['[[:digit:]]', ['/1'], ['/a', '/:']],
    ['[[:alpha:]_]*', ['/a', '/_1'], ['/1']],
    ['{a,b}.txt', ['/a.txt', '/x/b.txt'], ['/c.txt', '/a,b.txt']],
    ['/{etc,usr/lib}/x', ['/etc/x', '/usr/lib/x'], ['/usr/x']],
    ['{a,{b,c}d}', ['/a', '/cd'], ['/c']],
    ['@(a|b)', ['/@(a|b)'], ['/a', '/b', '/ab']],
    ['+(a)', ['/+(a)'], ['/a', '/aa']],
    ['*(a)', ['/x(a)'], ['/a', '/']],
    ['a?(b)', ['/ax(b)'], ['/a', '/ab']],
    ['a!(b)', ['/a!(b)'], ['/a', '/ac']],
    ['[(|)]', ['/(', '/|'], ['/a']],
    ['a\\(b', ['/a(b'], ['/ab']],
    ['\\{1..3\\}', ['/{1..3}'], ['/1']],
    ['\\*', ['/*'], ['/a']],
    ['\\!a', ['/!a'], ['/a', '/b']],
    ['a!', ['/a!'], ['/a']],
    ['\\[a\\]', ['/[a]'], ['/a']],
    ['a\\\\b', ['/a\\b'], ['/a/b', '/ab']],
    ['/a/b', ['/a/b'], ['/a\\b']],
    ['/usr/bin/[', ['/usr/bin/['], ['/usr/bin/a']],
    ['x(1).txt', ['/x(1).txt'], ['/x1.txt']],
    ['a|b', ['/a|b'], ['/a', '/b']],
    ['"a"', ['/"a"'], ['/a']],
    ['"*"', ['/"x"'], ['/x']],
    ['[ab]+', ['/a+'], ['/ab', '/a']],
    ['a+', ['/a+'], ['/aa', '/a']],
    ['{a}', ['/{a}'], ['/a']],
    ['a.c', ['/a.c'], ['/abc']],
    ['^a$', ['/^a$'], ['/a']],
    ['é*', ['/é', '/éa'], ['/e']],
    ['A', ['/A'], ['/a']],
    [' a ', ['/ a '], ['/a']],
    ['#a', ['/#a'], ['/a']],
    ['/**/a', ['/a', '/x\ny/a', '/.x/a'], ['/b']],
    ['a**b', ['/ab', '/axxb'], ['/a/b']],
    ['/a/***', ['/a/b'], ['/a', '/b']],
    ['?', ['/a', '/é', '/😀', '/\ud83d'], ['/ab', '/😀a']],
    ['*?😀', ['/a😀', '/😀😀'], ['/😀']],
    ['[😀-😂]', ['/😀', '/😁'], ['/😃', '/😀😀']],
    ['*ab*b', ['/abb', '/xabab', '/abxb'], ['/ab', '/abx']],
    ['*a?', ['/ab', '/aab', '/a😀'], ['/a', '/abc']],
    ['[]a]', ['/]', '/a'], ['/[', '/[]a]']],
    ['[!]a]', ['/b'], ['/]', '/a']],
    ['[a', ['/[a'], ['/a']],
    ['[!]', ['/[!]'], ['/a']],
    ['[z-a', ['/[z-a'], ['/z']],
    ['[\\]]', ['/]'], ['/\\', '/\\]']],
    ['[a\\-z]', ['/a', '/-', '/z'], ['/b', '/\\']],
    ['[a-]', ['/a', '/-'], ['/b']],
    ['[a-c-e]', ['/b', '/-', '/e'], ['/d']],
    ['[![:alpha:]]', ['/1', '/é'], ['/a']],
    ['[[:punct:]]', ['/\\', '/!', '/~'], ['/a', '/ ']],
    ['[{a,b}]', ['/a', '/{', '/,', '/}'], ['/{a,b}']],
    ['{a,[},]}', ['/a', '/}', '/,'], ['/[']],
    ['x{a,}', ['/x', '/xa'], ['/a', '/']],
    ['{,a}', ['/a'], ['/', '/b']],
    ['/x/{,a/}b', ['/x/b', '/x/a/b'], ['/x/a']],
    ['/{**,a}/b', ['/b', '/x/y/b', '/a/b'], ['/a']],
    ['{a\\,b,c}', ['/a,b', '/c'], ['/a', '/b']],
    ['{{a,b}}', ['/{a}', '/{b}'], ['/a']],
    ['{a,b}}', ['/a}', '/b}'], ['/a']],
    ['{a..b,c}', ['/a..b', '/c'], ['/a', '/b']],
    ['\\d', ['/d'], ['/1']],
    ['a\\/b', ['/a/b'], ['/b']],
  ])('%s', (pattern, inside, outside) => {
    expect(matching(pattern, ...inside, ...outside)).toEqual(inside);
  });

  test('matches names that are special in JavaScript', () => {
    expect(matching('__proto__', '/__proto__', '/constructor')).toEqual(['/__proto__']);
  });
});

describe('several patterns', () => {
  test('exclude has precedence over include, even if include is more specific', () => {
    const { included } = createPathFilter({ include: ['/etc', '/usr/a'], exclude: ['*.bak', '/usr'] });
    expect(['/etc/a', '/etc/a.bak', '/usr/a', '/etc/x.bak/y', '/'].filter(included)).toEqual(['/etc/a']);
  });

  test('one matching include pattern suffices', () => {
    const { included } = createPathFilter({ include: ['/etc', '*.py'] });
    expect(['/etc', '/a.py', '/usr'].filter(included)).toEqual(['/etc', '/a.py']);
  });
});

describe('prunes', () => {
  const pruned = (of: { include?: string[]; exclude?: string[] }, ...paths: string[]): string[] =>
    paths.filter(createPathFilter(of).prunes);
  const all = ['/', '/var', '/var/cache', '/var/cache/apt', '/usr'];

  test.each([
    [{ exclude: ['/var/cache'] }, ['/var/cache', '/var/cache/apt']],
    [{ exclude: ['/var/cache/**'] }, ['/var/cache', '/var/cache/apt']],
    [{ exclude: ['/var/*'] }, ['/var/cache', '/var/cache/apt']],
    [{ exclude: ['cache'] }, ['/var/cache', '/var/cache/apt']],
    [{ exclude: ['/**'] }, all],
    [{ exclude: ['**'] }, all],
    [{ exclude: ['/'] }, all],
    [{ exclude: ['*.pyc'] }, []],
    [{ include: ['/var/cache'] }, ['/usr']],
    [{ include: ['/var/cache/apt/x'] }, ['/usr']],
    [{ include: ['/var/c*/apt'] }, ['/usr']],
    [{ include: ['/usr/bin'] }, ['/var', '/var/cache', '/var/cache/apt']],
    [{ include: ['/us?'] }, ['/var', '/var/cache', '/var/cache/apt']],
    [{ include: ['/**/apt'] }, []],
    [{ include: ['/var/**/x'] }, ['/usr']],
    [{ include: ['*.pyc'] }, []],
    [{ include: ['/usr', '*.pyc'] }, []],
    [{ include: ['/va/x'] }, ['/var', '/var/cache', '/var/cache/apt', '/usr']],
    [{ include: ['/var'], exclude: ['/var/cache'] }, ['/var/cache', '/var/cache/apt', '/usr']],
  ])('%j', (of, expected) => {
    expect(pruned(of, ...all)).toEqual(expected);
  });

  const part = fc.constantFrom('a', 'b', 'ab', '.a');
  const glob = fc
    .tuple(
      fc.constantFrom('', '/'),
      fc.array(fc.oneof(part, fc.constantFrom('*', '**', 'a*', '?', '[ab]', '{a,b}', '(a|b)')), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.constantFrom('', '', '/', '/**'),
    )
    .map(([front, parts, end]) => `${front}${parts.join('/')}${end}`);
  const path = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

  test('never prunes an ancestor of an included path, in any order of queries', () => {
    fc.assert(
      fc.property(
        fc.array(glob, { maxLength: 2 }),
        fc.array(glob, { maxLength: 2 }),
        fc.array(path, { minLength: 1, maxLength: 8 }),
        (include, exclude, paths) => {
          const filter = createPathFilter({ include, exclude });
          for (const asked of paths) {
            const parts = asked.split('/').slice(1);
            const included = filter.included(asked);
            expect(included).toBe(createPathFilter({ include, exclude }).included(asked));
            const above = parts.slice(0, -1).map((_, i) => `/${parts.slice(0, i + 1).join('/')}`);
            if (included && asked !== '/') expect(['/', ...above].filter(filter.prunes)).toEqual([]);
          }
        },
      ),
      { numRuns: runs(500, 20_000) },
    );
  });
});

describe('invalid patterns', () => {
  const of = (pattern: string) => () => createPathFilter({ exclude: [pattern] });

  test.each([
    '',
    '!a',
    '!',
    '!(a)',
    '..',
    '../a',
    '/a/../b',
    '/a/./b',
    '{a,b',
    '{',
    '[z-a]',
    '{1..9}',
    '{a,..}',
    '[[:foo:]]',
    'a\\',
  ])('%s', async (pattern) => {
    expect(await codeOfAsync(of(pattern))).toBe('ERR_LAYERS_USAGE');
  });

  test('that are too long', async () => {
    expect(await codeOfAsync(of('a'.repeat(65_537)))).toBe('ERR_LAYERS_USAGE');
  });

  test.each([
    ['{a,b}'.repeat(10)],
    ['{a,b}'.repeat(40)],
    [`{${'a,'.repeat(1000)}a}`],
    [`${'{a,'.repeat(2000)}a${'}'.repeat(2000)}`],
    [`{${'a,'.repeat(900)}a}${'b'.repeat(60_000)}`],
  ])('with braces that expand to too many patterns: %#', async (pattern) => {
    expect(await codeOfAsync(of(pattern))).toBe('ERR_LAYERS_USAGE');
  });

  test('are named in the error, with a hint', async () => {
    const error = await errorOfAsync(of('{a,b'));
    expect(error.message).toContain('"{a,b"');
    expect(error.hint).toContain('backslash');
  });
});

describe('malicious names and patterns take little time', () => {
  const deep = '/test'.repeat(2000);

  test.each([
    ['**/test/**/*.py', '/x.py', '/x.rb'],
    ['**/test/**/test/**/*.py', '/x.py', '/x.rb'],
    [`${'**/test/'.repeat(12)}**/end`, '/end', '/en'],
    [`**/${'test/'.repeat(50)}end`, '/end', '/en'],
    [`${'**/{test,t*}/'.repeat(5)}end`, '/end', '/en'],
  ])('%s in deep directories', (pattern, inside, outside) => {
    const { included, prunes } = createPathFilter({ include: [pattern] });
    for (let i = 0; i < 5; i++) {
      expect(included(`${deep}/${i}${outside}`)).toBe(false);
      expect(included(`${deep}${outside}${i}`)).toBe(false);
      expect(included(`${deep}${inside}`)).toBe(true);
      expect(prunes(deep)).toBe(false);
      expect(included('/other/way')).toBe(false);
    }
  });

  test.each([
    ['*a*a*a*a*b', 'a'],
    [`${'*a'.repeat(500)}*b`, 'a'],
    [`${'*?'.repeat(500)}*b`, 'a'],
    [`${'*[a-c]'.repeat(500)}*b`, 'a'],
    [`*${'a?'.repeat(20)}*b`, 'a'],
    [`*${'?'.repeat(200)}b`, 'a'],
    ['*{*a,a*}*{*a,a*}*{*a,a*}*b', 'a'],
    ['**a**a**a**a**a**b', 'a'],
    ['*😀*😀*😀*😀*b', '😀'],
  ])('%s on a long name', (pattern, letter) => {
    const name = letter.repeat(20_000);
    expect(matching(pattern, `/${name}`, `/${name}b`)).toEqual([`/${name}b`]);
  });

  test.each([
    ['['.repeat(65_536)],
    ['[[:alpha:]'.repeat(6000)],
    ['{'.repeat(32_768) + '}'.repeat(32_768)],
    [`/${'a/'.repeat(32_000)}`],
    ['**/'.repeat(21_000)],
    ['*'.repeat(65_536)],
    [`{${'.'.repeat(65_000)}/}`],
    [`${'/'.repeat(65_000)}a`],
    [`a${'/'.repeat(65_000)}a`],
  ])('a long pattern: %#', (pattern) => {
    expect(matching(pattern, `${deep}/x`, '/x y/z')).not.toContain('/nothing');
  });
});

describe('a naive matcher with backtracking', () => {
  /** Matches a piece of a pattern in all ways; returns the possible remainders of the name. */
  type Piece = string | readonly (readonly Piece[])[];
  const TAKES = new Map<string, (character: string) => boolean>([
    ['a', (c) => c === 'a'],
    ['b', (c) => c === 'b'],
    ['😀', (c) => c === '😀'],
    ['\\*', (c) => c === '*'],
    ['?', () => true],
    ['[ab]', (c) => 'ab'.includes(c)],
    ['[!a]', (c) => c !== 'a'],
    ['[[:alpha:]*]', (c) => /[A-Za-z*]/.test(c)],
    ['[a-😀]', (c) => c !== '*'],
  ]);

  const textOf = (pieces: readonly Piece[]): string =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : `{${piece.map(textOf).join(',')}}`)).join('');

  const spread = ([first, ...rest]: readonly Piece[]): string[][] => {
    if (first === undefined) return [[]];
    const fronts = typeof first === 'string' ? [[first]] : first.flatMap(spread);
    return fronts.flatMap((front) => spread(rest).map((end) => [...front, ...end]));
  };

  const takesName = ([first, ...rest]: readonly string[], name: readonly string[]): boolean => {
    if (first === undefined) return name.length === 0;
    if (first === '*') return name.some((_, i) => takesName(rest, name.slice(i))) || takesName(rest, []);
    const [character, ...left] = name;
    return character !== undefined && TAKES.get(first)?.(character) === true && takesName(rest, left);
  };

  const takesPath = (parts: readonly (readonly string[])[], names: readonly string[]): boolean => {
    const [part, ...rest] = parts;
    const [name, ...below] = names;
    if (part === undefined) return names.length === 0;
    if (part.join('') !== '**')
      return name !== undefined && takesName(part, [...name]) && takesPath(rest, below);
    if (rest.length > 0 && takesPath(rest, names)) return true;
    return name !== undefined && (takesPath(parts, below) || (rest.length === 0 && below.length === 0));
  };

  const partsOf = (flat: readonly string[]): string[][] => {
    const parts: string[][] = [[]];
    for (const piece of flat) {
      if (piece === '/') parts.push([]);
      else parts.at(-1)?.push(piece);
    }
    return parts.filter(({ length }) => length > 0);
  };

  const takesAny = (pieces: readonly Piece[], path: readonly string[]): boolean => {
    const anywhere = textOf(pieces).replace(/\/+$/, '').includes('/') ? [] : [['*', '*']];
    return spread(pieces)
      .map(partsOf)
      .filter(({ length }) => length > 0)
      .some((parts) => path.some((_, i) => takesPath([...anywhere, ...parts], path.slice(0, i + 1))));
  };

  const simple = fc.oneof(
    { arbitrary: fc.constantFrom<Piece>(...TAKES.keys()), weight: 4 },
    { arbitrary: fc.constant<Piece>('*'), weight: 3 },
    { arbitrary: fc.constant<Piece>('/'), weight: 2 },
  );
  const some = fc.oneof(
    { arbitrary: simple.map((piece) => [piece]), weight: 9 },
    { arbitrary: fc.constant<Piece[]>(['/', '*', '*', '/']), weight: 2 },
    {
      arbitrary: fc
        .array(fc.array(simple, { maxLength: 3 }), { minLength: 2, maxLength: 3 })
        .map((alternatives): Piece[] => [alternatives]),
      weight: 1,
    },
  );
  const pattern = fc
    .array(some, { minLength: 1, maxLength: 7 })
    .map((all) => all.flat())
    .filter((pieces) => textOf(pieces).replace(/^\/+/, '') !== '');
  const name = fc
    .array(fc.constantFrom('a', 'b', '😀', '*'), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(''));
  const paths = fc.array(fc.array(name, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 });

  test('matches the same paths; only directories without matches are pruned', () => {
    fc.assert(
      fc.property(pattern, paths, (pieces, all) => {
        const text = textOf(pieces);
        const include = createPathFilter({ include: [text] });
        const exclude = createPathFilter({ exclude: [text] });
        for (const path of all) {
          const asked = `/${path.join('/')}`;
          const expected = takesAny(pieces, path);
          expect({ text, asked, matching: include.included(asked) }).toEqual({
            text,
            asked,
            matching: expected,
          });
          expect(exclude.included(asked)).toBe(!expected);
          for (let depth = 0; depth < path.length; depth++) {
            const above = `/${path.slice(0, depth).join('/')}`;
            expect((expected ? include : exclude).prunes(above)).toBe(false);
          }
        }
      }),
      { numRuns: runs(500, 50_000) },
    );
  });

  test('any text is a valid pattern or causes an error', () => {
    const text = fc
      .array(fc.constantFrom(...'ab[]{},-!^:\\/*?.', '[:alpha:]', '😀', '\ud83d'), { maxLength: 12 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(createPathFilter({ include: [any] }).all).toBe(false);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_LAYERS_USAGE' });
        }
      }),
      { numRuns: runs(500, 50_000) },
    );
  });
});

describe('git check-ignore', () => {
  const git = (args: string[], cwd: string, input = '') =>
    spawnSync('git', args, { cwd, input, encoding: 'utf8' });

  const piece = fc.constantFrom('a', 'b', 'c', '.', '*', '?', '[ab]', '[!a]', '\\*', '-');
  const part = fc.oneof(
    {
      // Git removes the literal prefix of a pattern, and then matches a**/b at any depth.
      arbitrary: fc
        .array(piece, { minLength: 1, maxLength: 3 })
        .map((all) => all.join(''))
        .filter((text) => !text.includes('**')),
      weight: 5,
    },
    { arbitrary: fc.constant('**'), weight: 1 },
  );
  const pattern = fc
    .tuple(fc.constantFrom('', '/'), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([front, parts]) => front + parts.join('/'))
    .filter((text) => !/(^|\/)\.\.?(\/|$)/.test(text));
  const names = fc.constantFrom('a', 'b', 'c', 'ab', 'abc', '.a', 'a.b', '*', 'a*', '-', 'ba', 'a-c', '...');
  const paths = fc.uniqueArray(
    fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    { minLength: 30, maxLength: 30 },
  );

  test('matches the same paths', needs('git'), () => {
    const directory = mkdtempSync(join(tmpdir(), 'layers-globs-'));
    try {
      git(['init', '-q'], directory);
      fc.assert(
        fc.property(pattern, paths, (text, all) => {
          writeFileSync(join(directory, '.git/info/exclude'), `${text}\n`);
          const { stdout } = git(['check-ignore', '--no-index', '--stdin', '-z'], directory, all.join('\0'));
          const byGit = stdout.split('\0').filter((path) => path !== '');
          const { included } = createPathFilter({ include: [text] });
          expect(all.filter((path) => included(`/${path}`))).toEqual(byGit);
        }),
        { numRuns: runs(200, 3000) },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a matcher of whole paths', () => {
  const tree = ['/', '/a', '/a/b', '/a/b/a', '/a/b/c.x', '/b', '/b/a', '/c.x', '/dir/deep/down/c.x'];
  it.each([
    ['a', ['/a', '/a/b/a', '/b/a']],
    ['/a', ['/a']],
    ['a/*', ['/a/b']],
    ['/a/**', ['/a/b', '/a/b/a', '/a/b/c.x']],
    ['*.x', ['/a/b/c.x', '/c.x', '/dir/deep/down/c.x']],
    ['/**/c.x', ['/a/b/c.x', '/c.x', '/dir/deep/down/c.x']],
    ['/dir/**/c.x', ['/dir/deep/down/c.x']],
    ['/*/*', ['/a/b', '/b/a']],
    ['**', tree.slice(1)],
    ['/', ['/']],
    ['/{a,b}', ['/a', '/b']],
    ['b/', ['/a/b', '/b']],
    ['[ab]', ['/a', '/a/b', '/a/b/a', '/b', '/b/a']],
  ])('%s', (pattern, expected) => {
    expect(tree.filter(createPathMatcher([pattern]))).toEqual(expected);
  });

  it('matches what one of several patterns matches', () => {
    expect(tree.filter(createPathMatcher(['/c.x', 'b']))).toEqual(['/a/b', '/b', '/c.x']);
    expect(tree.filter(createPathMatcher([]))).toEqual([]);
  });

  it('matches the same names as a filter, without what is below them', () => {
    const names = fc.constantFrom('a', 'b', 'ab', 'x.y');
    const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    const part = fc.constantFrom('a', 'b', '*', '**', 'a*', '?', '*.y', '{a,b}');
    const patterns = fc
      .tuple(fc.constantFrom('', '/'), fc.array(part, { minLength: 1, maxLength: 4 }))
      .map(([start, parts]) => start + parts.join('/'));
    fc.assert(
      fc.property(paths, fc.array(patterns, { minLength: 1, maxLength: 3 }), (path, globs) => {
        const matches = createPathMatcher(globs);
        const parents = path.split('/').map((_, i, all) => all.slice(0, i + 1).join('/') || '/');
        // A pattern of `dir/**` matches nothing but descendants, also as a filter.
        const filter = createPathFilter({ include: globs });
        expect(filter.included(path)).toBe(parents.some(matches));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });
});
