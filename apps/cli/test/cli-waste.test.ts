import { layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const data = (size: number): Buffer => Buffer.alloc(size, 'x');
const docs = Array.from({ length: 30 }, (_, i) => ({
  path: `usr/share/doc/p${i}/README`,
  data: data(100 + i),
}));
const archive = scratch.file(
  archiveOf([
    [...docs, { path: 'usr/share/big', data: data(50_000) }, { path: 'etc/conf', data: data(10) }],
    [{ path: 'usr/.wh.share' }, { path: 'etc/conf', data: data(20) }],
  ]),
  'waste.tar',
);
const bytesOfDocs = docs.reduce((sum, each) => sum + each.data.length, 0);

const linesOf = (...args: readonly string[]): string[] => {
  const { status, stdout } = layers(['waste', '--bytes', archive, ...args]);
  expect(status).toBe(0);
  return stdout.split('\n');
};
const filesOf = (...args: readonly string[]): string[] => {
  const lines = linesOf(...args);
  return lines.slice(lines.indexOf('Files') + 2).filter((line) => line !== '');
};

describe('layers waste', () => {
  it('begins with the layers that stored and caused it, and folds directories', () => {
    const lines = linesOf();
    expect(lines.indexOf('Layers')).toBeLessThan(lines.indexOf('Files'));
    expect(filesOf().map((line) => line.trim().replace(/ {2,}/g, ' '))).toEqual([
      '50000 deleted 0 1 /usr/share/big',
      `${bytesOfDocs} deleted 0 1 /usr/share/doc/ (30 files)`,
      '10 overwritten 0 1 /etc/conf',
    ]);
  });

  it('lists each file with --all', () => {
    const lines = filesOf('--all');
    expect(lines).toHaveLength(32);
    expect(lines[1]).toMatch(/129 .* \/usr\/share\/doc\/p29\/README$/);
  });

  it('lists the largest with --top, and says how many are left out', () => {
    expect(filesOf('--top', '1').map((line) => line.trim())).toEqual([
      expect.stringMatching(/\/usr\/share\/big$/),
      '… and 2 more lines: --top 3 shows all',
    ]);
  });

  it('lists every file in JSON, up to --top', () => {
    const { waste, totals } = JSON.parse(layers(['waste', '--json', archive]).stdout);
    expect(waste).toHaveLength(32);
    expect(waste.reduce((sum: number, item: { sizeBytes: number }) => sum + item.sizeBytes, 0)).toBe(
      totals.wastedBytes,
    );
    expect(JSON.parse(layers(['waste', '--json', '--top', '2', archive]).stdout).waste).toEqual(
      waste.slice(0, 2),
    );
    expect(layers(['waste', '--jsonl', '--top', '2', archive]).stdout.trim().split('\n')).toHaveLength(2);
  });

  it('sums what is left out of a directory with many paths', () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ path: `d${i}`, data: data(10 + i) }));
    const path = scratch.file(archiveOf([many, [{ path: '.wh..wh..opq' }]]), 'many.tar');
    const { stdout } = layers(['waste', '--bytes', path]);
    const bytes = [...stdout.slice(stdout.indexOf('Files')).matchAll(/^ +(\d+) +deleted/gm)].map(([, each]) =>
      Number(each),
    );
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBe(
      many.reduce((sum, each) => sum + each.data.length, 0),
    );
  });
});
