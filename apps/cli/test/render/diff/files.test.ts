import type { FileChange } from '@layers/core/diff';
import { describe, expect, it } from 'vitest';
import { renderFiles } from '../../../src/render/diff/files.ts';
import { added, changed, ofFiles, removed, renamed } from '../../support/diff-documents.ts';
import { viewOfWidth } from '../../support/views.ts';

const instructions = { a: new Map([[0, 'ADD base']]), b: new Map([[2, 'RUN two']]) };

function lines(files: readonly FileChange[], { top = 20, width = 120, trunc = true } = {}): string[] {
  const { totals } = ofFiles(files);
  if (totals === null) throw new Error('there are totals');
  const view = viewOfWidth(width, { trunc });
  return [...renderFiles(files, totals, { top, instructions }, view)].map((line) => line.slice(0, -1));
}

const many = (path: string, count: number, bytes = 100): FileChange[] => [
  added(path),
  ...Array.from({ length: count - 1 }, (_, i) => added(`${path}/${String(i).padStart(4, '0')}`, bytes)),
];

describe('renderFiles', () => {
  it('groups by directory, the heaviest first, and names paths from there', () => {
    expect(
      lines([
        changed('/bin/sh', ['mode'], {
          a: { mode: 0o755 },
          b: { mode: 0o700 },
          sizeBytesA: 9,
          sizeBytesB: 9,
          layerB: 2,
        }),
        added('/etc/apk/keys/k', 4),
        removed('/etc/apk/keys/x', 800),
        removed('/etc/apk/keys/y', 700),
        removed('/etc/apk/keys/z', 600),
        removed('/etc/motd', 20),
        removed('/etc/passwd', 10),
        changed('/etc/shadow', ['content', 'size'], { sizeBytesA: 5, sizeBytesB: 7, layerB: 2 }),
      ]),
    ).toEqual([
      'Files     1 added · 5 removed · 2 changed · -2.12 kB',
      ' /etc/apk/keys  +1 -3  -2.1 kB',
      '   -  800 B  x                           layer 2: RUN two',
      '   -  700 B  y                           layer 2',
      '   -  600 B  z                           layer 2',
      '   +    4 B  k                           layer 2',
      ' /etc  -2 ~1  -28 B',
      '   -   20 B  motd                        layer 2: RUN two',
      '   -   10 B  passwd                      layer 2',
      '   ~    7 B  shadow   5 B -> 7 B         layer 2',
      ' ~    9 B  /bin/sh  mode 0755 -> 0700  layer 2: RUN two',
    ]);
  });

  it('names the layer that stored a content, and the one that only changed attributes beside it', () => {
    const instructions = {
      a: new Map(),
      b: new Map([
        [1, 'COPY f'],
        [2, 'RUN chown'],
      ]),
    };
    const placed = { layerB: 2, storedInB: 1, sizeBytesA: 4, sizeBytesB: 4 };
    const shown = (file: FileChange) => {
      const { totals } = ofFiles([file]);
      if (totals === null) throw new Error('there are totals');
      return [...renderFiles([file], totals, { top: 20, instructions }, viewOfWidth(120))].join('');
    };
    expect(shown({ ...added('/f', 4), ...placed })).toContain('layer 1, attributes of layer 2: COPY f\n');
    expect(shown(changed('/f', ['content'], placed))).toContain('layer 1, attributes of layer 2: COPY f\n');
    expect(shown(changed('/f', ['owner'], placed))).toContain('layer 2, content of layer 1: RUN chown\n');
  });

  it('folds an added or removed directory to one line with a count', () => {
    const shown = lines(
      [
        ...many('/opt/new', 50),
        removed('/srv'),
        ...many('/usr/x', 3).map((file) => ({ ...file, change: 'removed' as const, sizeBytesA: 5 })),
      ],
      { top: 10 },
    );
    expect(shown.join('\n')).toMatch(/\+ +4\.9 kB {2}\/opt\/new\/ +\(50 paths\)/);
    expect(shown.some((line) => line.includes('0003'))).toBe(false);
    expect(shown.at(-1)).not.toContain('not listed');
  });

  it('lists files that were moved into a new directory separately', () => {
    const shown = lines([...many('/opt/new', 50), renamed('/old/x', '/opt/new/x'), ...many('/z', 3)], {
      top: 10,
    });
    expect(shown.join('\n')).toMatch(/> +10 B {2}\S*old\/x -> \S*opt\/new\/x/);
  });

  it('folds also if another name sorts between a directory and its contents', () => {
    const shown = lines([added('/a'), added('/a-b', 1), ...many('/a/c', 30)], { top: 5 });
    expect(shown.join('\n')).toMatch(/ a\/ +\(31 paths\)/);
  });

  it('lists every change if there are few', () => {
    expect(lines(many('/opt/new', 5), { top: 5 }).slice(1)).toHaveLength(6);
  });

  it('counts omitted changes, in each directory and in total', () => {
    const files = Array.from({ length: 30 }, (_, i) =>
      changed(`/etc/${i}`, ['content'], { sizeBytesA: i, sizeBytesB: i }),
    );
    const shown = lines(files, { top: 10 });
    expect(shown.filter((line) => line.startsWith('   ~'))).toHaveLength(10);
    expect(shown.slice(-2)).toEqual([
      '   and 20 more',
      ' 20 changes not listed: --top N lists more, --no-trunc all',
    ]);
    expect(shown[2]).toMatch(/29 B {2}29 /);
    expect(lines(files, { top: 0 }).slice(1)).toEqual([
      ' /etc  ~30  0 B',
      ' 30 changes not listed: --top N lists more, --no-trunc all',
    ]);
  });

  it('shows changes of several directories, not only of the heaviest', () => {
    const files = ['/a', '/b', '/c'].flatMap((directory, i) =>
      Array.from({ length: 20 }, (_, n) => removed(`${directory}/${n}`, 10 ** (6 - i))),
    );
    const shown = lines(files, { top: 20 });
    for (const directory of ['/a', '/b', '/c'])
      expect(shown.some((line) => line.startsWith(` ${directory}  -20`))).toBe(true);
    expect(shown.filter((line) => line.startsWith('   -'))).toHaveLength(20);
  });

  it('counts the bytes of a file with many names once, and lists it once', () => {
    const names = Array.from({ length: 40 }, (_, i) =>
      added(`/bin/${i}`, 1000, i === 0 ? {} : { linkedTo: '/bin/0' }),
    );
    const shown = lines(names, { top: 10 });
    expect(shown.slice(1, 4)).toEqual([
      ' /bin  +40  +1 kB',
      '   +  1 kB  0  layer 2: RUN two',
      '   and 39 more hard links',
    ]);
    expect(lines(names.slice(0, 2)).at(-1)).toMatch(/1 kB {2}1 {2}as \/bin\/0 {2}layer 2$/);
  });

  it('streams every path in order without truncation', () => {
    const shown = lines([...many('/opt/new', 50), removed('/x', 1)], { top: 3, trunc: false });
    expect(shown).toHaveLength(52);
    expect(shown[1]).toBe(' +            /opt/new/  layer 2: RUN two');
    expect(shown.at(-1)).toBe(' -       1 B  /x  layer 2: RUN two');
  });

  it('names the layer of A for paths that B never had', () => {
    const { layerB: _, ...file } = removed('/x', 1);
    expect(lines([file]).at(-1)).toBe(" -  1 B  /x  A's layer 0: ADD base");
  });

  it('shows the bytes of names that are not UTF-8, also below a directory', () => {
    const bytes = Buffer.from([...Buffer.from('/etc/'), 0xff]).toString('base64');
    const file = added('/etc/\ufffd', 1, { pathBase64: bytes });
    expect(lines([file, added('/etc/b', 2)]).join('\n')).toMatch(/ \\xff +layer 2/);
  });
});
