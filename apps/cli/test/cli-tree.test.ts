import { layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const data = (size: number): Buffer => Buffer.alloc(size, 'x');
const archive = scratch.file(
  archiveOf([
    [
      { path: 'a/small', data: data(100) },
      { path: 'a/link', type: 'symlink', linkpath: 'small' },
      { path: 'b/large', data: data(600) },
      { path: 'b/other', type: 'link', linkpath: 'b/large' },
      { path: 'b/middle', data: data(200) },
      { path: 'c', data: data(100) },
    ],
  ]),
  'tree.tar',
);
const linesOf = (...args: readonly string[]): string[] =>
  layers(['tree', archive, ...args]).stdout.split('\n');

describe('layers tree', () => {
  it('shows the largest entries first, with their shares of the whole', () => {
    expect(linesOf()).toEqual([
      '   1 kB  100.0 %  /',
      '  800 B   80.0 %  ├── b/',
      '  600 B   60.0 %  │   ├── large',
      '  200 B   20.0 %  │   ├── middle',
      '    0 B    0.0 %  │   └── other  (a hard link to large)',
      '  100 B   10.0 %  ├── a/',
      '  100 B   10.0 %  │   ├── small',
      '                  │   └── link -> small',
      '  100 B   10.0 %  └── c',
      '',
      '1 kB in 5 files',
      '',
    ]);
  });

  it('shows them by name with --sort name', () => {
    expect(linesOf('--sort', 'name', '--depth', '1').slice(1, 4)).toEqual([
      '  100 B   10.0 %  ├── a/  (1 file)',
      '  800 B   80.0 %  ├── b/  (3 files)',
      '  100 B   10.0 %  └── c',
    ]);
  });

  it('sums up the entries after the largest with --top', () => {
    expect(linesOf('--top', '1')).toEqual([
      '   1 kB  100.0 %  /',
      '  800 B   80.0 %  ├── b/',
      '  600 B   60.0 %  │   ├── large',
      '  200 B   20.0 %  │   └── … 2 more entries',
      '  200 B   20.0 %  └── … 2 more entries',
      '',
      '1 kB in 5 files',
      '',
    ]);
    // One more entry is shown itself.
    expect(linesOf('--top', '2').slice(-4, -3)).toEqual(['  100 B   10.0 %  └── c']);
  });

  it('has no shares of nothing', () => {
    const empty = scratch.file(archiveOf([[{ path: 'a', data: data(0) }]]), 'empty.tar');
    expect(layers(['tree', empty]).stdout.split('\n')[1]).toBe('    0 B           └── a');
  });

  it('shows wasted files with --waste', () => {
    const wasteful = scratch.file(
      archiveOf([
        [
          { path: 'a/gone', data: data(300) },
          { path: 'a/kept', data: data(100) },
          { path: 'b', data: data(500) },
        ],
        [{ path: 'a/.wh.gone' }, { path: 'b', data: data(700) }],
        [
          { path: 'b/c', data: data(1) },
          { path: 'a/other', data: data(5) },
        ],
      ]),
      'wasteful.tar',
    );
    const { status, stdout } = layers(['tree', '--waste', wasteful]);
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        ' 1.5 kB  100.0 %  /',
        ' 1.2 kB   80.0 %  ├── b',
        '  300 B   20.0 %  └── a/',
        '  300 B   20.0 %      └── gone',
        '',
        '1.5 kB wasted in 3 files',
        '',
      ],
    ]);
    const path = layers(['tree', '--waste', '--layer', '1', '--bytes', wasteful, '/b']).stdout;
    expect(path).toContain('700 wasted in 1 file\n');
    expect(layers(['tree', '--waste', wasteful, '/a/kept']).stdout).toContain('\n0 B wasted in 0 files\n');
    expect(layers(['tree', '--waste', wasteful, '/none'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('ERR_LAYERS_PATH_NOT_FOUND'),
    });
  });
});
