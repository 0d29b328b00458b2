import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const data = Buffer.alloc(2_000_000, 'x');
const small = Buffer.from('small\n');
const archive = scratch.file(
  archiveOf([
    [{ path: 'opt/a', data }, ...Array.from({ length: 8 }, (_, i) => ({ path: `s/${i}`, data: small }))],
    [{ path: 'opt/b', data }],
  ]),
  'copies.tar',
);

describe('layers duplicates', () => {
  it('shows figures once for each content, and some of many paths', () => {
    const { status, stdout } = layers(['duplicates', archive]);
    expect(status).toBe(0);
    expect(stdout).toContain('savable  2 MB of 4 MB · 8 extra copies of 2 contents\n');
    expect(stdout.slice(stdout.indexOf('\n\n') + 2)).toBe(
      [
        ' savable  bytes  copies  layer  path',
        '    2 MB   2 MB       2      0  /opt/a',
        '                             1  /opt/b',
        '    42 B    6 B       8      0  /s/0',
        ...['/s/1', '/s/2', '/s/3', '/s/4'].map((path) => `                             0  ${path}`),
        '                                and 3 more: --no-trunc or --json shows all',
        '',
      ].join('\n'),
    );
    expect(layers(['duplicates', '--no-trunc', archive]).stdout).toContain('/s/7\n');
  });

  it('lists contents up to a number and from a size', () => {
    const paths = (...args: readonly string[]): string[][] =>
      layers(['duplicates', '--jsonl', ...args, archive])
        .stdout.split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).files.map(({ path }: { path: string }) => path));
    expect(paths('--top', '1')).toEqual([['/opt/a', '/opt/b']]);
    expect(paths('--top', '0')).toEqual([]);
    expect(paths('--min-size', '2MB')).toEqual([['/opt/a', '/opt/b']]);
    expect(paths('--min-size', '2MiB')).toEqual([]);
    expect(paths().length).toBe(2);
  });

  it('refuses a size that is none', () => {
    const { status, stderr } = layers(['duplicates', '--min-size', 'big', archive]);
    expect([status, stderr.split('\n')[0]]).toEqual([2, 'error: "big" is not a size [ERR_LAYERS_USAGE]']);
  });

  it('shows an image without duplicates', () => {
    const { status, stdout } = layers(['duplicates', join(examples, 'demo.tar')]);
    expect([status, stdout.split('\n').at(-2)]).toEqual([
      0,
      'savable  0 B of 113 kB · 0 extra copies of 0 contents',
    ]);
  });

  it('compares sparse files of a pipe too, as advise does', () => {
    const sparse = { realSize: 40_000, extents: [[39_997, 3]] } as const;
    const whole = Buffer.concat([Buffer.alloc(39_997), Buffer.from('end')]);
    const input = archiveOf([
      [
        { path: 'sparse', data: Buffer.from('end'), sparse },
        { path: 'whole', data: whole },
      ],
    ]);
    const { status, stdout, stderr } = layers(['duplicates', '-q', '--json', '-'], { input });
    expect([status, stderr]).toEqual([0, '']);
    const { duplicates, totals } = JSON.parse(stdout);
    expect(duplicates[0].files.map(({ path }: { path: string }) => path)).toEqual(['/sparse', '/whole']);
    expect(totals.savableBytes).toBe(40_000);
    expect(layers(['advise', '-q', '-'], { input }).status).toBe(0);
  });
});
