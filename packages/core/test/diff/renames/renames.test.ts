import { diffOf, file, inWords, type Layers } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const directory = (path: string, rest: Partial<EntrySpec> = {}): EntrySpec => ({
  type: 'directory',
  path,
  ...rest,
});

async function words(a: Layers, b: Layers, options: Parameters<typeof diffOf>[3] = {}): Promise<string[]> {
  return inWords((await diffOf(scratch, a, b, { only: ['files'], ...options })).list);
}

describe('a removed file', () => {
  test('whose content was added elsewhere is renamed', async () => {
    expect(await words([[file('a', 'text')]], [[file('etc/b', 'text')]])).toEqual(['+ /etc', '> /a /etc/b']);
  });

  test('is renamed with its changed attributes', async () => {
    const from = [file('a', 'text', { mode: 0o644 })];
    expect(await words([from], [[file('b', 'text', { mode: 0o755, uid: 7 })]])).toEqual([
      '> /a /b mode owner',
    ]);
    expect(
      await words([from], [[file('b', 'text', { mode: 0o755 })]], { ignore: ['mode', 'mtime'] }),
    ).toEqual(['> /a /b']);
  });

  test('is not renamed to a file with other content, nor if its path still exists', async () => {
    expect(await words([[file('a', 'text')]], [[file('b', 'tex_')]])).toEqual(['- /a', '+ /b']);
    expect(await words([[file('a', 'text')]], [[file('a', 'text'), file('b', 'text')]])).toEqual(['+ /b']);
  });

  test('is not renamed if it is empty', async () => {
    expect(await words([[file('a', '')]], [[file('b', '')]])).toEqual(['- /a', '+ /b']);
  });

  test('is paired by name first, then in the order of the paths', async () => {
    const a = [file('one/x', 'same'), file('one/y', 'same'), file('one/z', 'same'), file('one/rest', '1')];
    const b = [file('two/m', 'same'), file('two/y', 'same'), file('two/rest', '22')];
    expect(await words([a], [b])).toEqual([
      '- /one',
      '- /one/rest',
      '- /one/z',
      '+ /two',
      '> /one/x /two/m',
      '+ /two/rest',
      '> /one/y /two/y',
    ]);
  });

  test.each([
    ['gzip', 'gzip'],
    ['gzip', null],
    [null, 'gzip'],
  ] as const)('is found from %s layers to %s layers, by fingerprints and bytes', async (from, to) => {
    const { list } = await diffOf(
      scratch,
      [[file('a', 'x'.repeat(1000)), file('c', 'y'.repeat(1000))]],
      [[file('b', 'x'.repeat(1000)), file('d', 'z'.repeat(1000))]],
      {},
      { a: { form: 'oci', compression: from }, b: { form: 'oci', compression: to } },
    );
    expect(inWords(list)).toEqual(['> /a /b', '- /c', '+ /d']);
  });
});

describe('a directory that was renamed as a whole', () => {
  const tree = (top: string, rest: readonly EntrySpec[] = []): EntrySpec[] => [
    directory(`${top}/`),
    file(`${top}/a`, 'first'),
    directory(`${top}/in/`, { mode: 0o700 }),
    file(`${top}/in/b`, 'second'),
    file(`${top}/in/empty`, ''),
    directory(`${top}/in/none/`),
    { type: 'symlink', path: `${top}/in/link`, linkpath: '../a' },
    { type: 'fifo', path: `${top}/in/pipe` },
    ...rest,
  ];

  test('is one line with the number of paths below it', async () => {
    expect(await words([tree('old')], [tree('opt/new')])).toEqual(['+ /opt', '> /old /opt/new (7)']);
  });

  test('is reported by its subdirectories where another path in it changed', async () => {
    expect(await words([tree('old')], [tree('new', [file('new/more', 'm')])])).toEqual([
      '+ /new',
      '> /old/a /new/a',
      '> /old/in /new/in (5)',
      '+ /new/more',
      '- /old',
    ]);
  });

  test.each([
    ['a mode', file('new/in/b', 'second', { mode: 0o600 })],
    ['an owner', file('new/in/b', 'second', { uid: 1 })],
    ['an attribute', file('new/in/b', 'second', { xattrs: new Map([['user.a', Buffer.from('1')]]) })],
    ['a link target', { type: 'symlink' as const, path: 'new/in/link', linkpath: '../b' }],
  ])('is not a rename where %s in it changed', async (_, other) => {
    const b = tree('new').map((spec) => (spec.path === other.path ? other : spec));
    expect(await words([tree('old')], [b])).not.toContain('> /old /new (7)');
  });

  test('may have other times, unless times count', async () => {
    const later = tree('new').map((spec) => ({ ...spec, mtime: 1000 }));
    expect(await words([tree('old')], [later])).toEqual(['> /old /new (7)']);
    const counted = await words([tree('old')], [later], { ignore: [] });
    expect(counted).not.toContain('> /old /new (7)');
    expect(counted).toContain('> /old/a /new/a mtime');
  });

  test('is not found if it has only empty files', async () => {
    const a = [directory('old/'), file('old/.keep', '')];
    const b = [directory('new/'), file('new/.keep', '')];
    expect(await words([a], [b])).toEqual(['+ /new', '+ /new/.keep', '- /old', '- /old/.keep']);
  });

  test('is found even if its name is not UTF-8', async () => {
    const name = (bytes: readonly number[]): EntrySpec => ({
      path: Buffer.from([...bytes, 0x2f, 0x66]),
      data: Buffer.from('same'),
    });
    const { list } = await diffOf(scratch, [[name([0xff])]], [[name([0xfe])]], { only: ['files'] });
    expect(list).toMatchObject([
      { change: 'renamed', pathBase64: Buffer.from([0x2f, 0xfe]).toString('base64'), entries: 1 },
    ]);
    expect(list[0]?.fromBase64).toBe(Buffer.from([0x2f, 0xff]).toString('base64'));
  });
});
