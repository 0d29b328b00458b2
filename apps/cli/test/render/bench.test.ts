import { describe, expect, it } from 'vitest';
import { stageOf } from '../../src/bench/stage.ts';
import type { BenchDocument } from '../../src/documents/bench.ts';
import { widthOf } from '../../src/output/text-width.ts';
import { viewOf } from '../../src/output/view.ts';
import { renderBench } from '../../src/render/bench.ts';
import { viewOfWidth } from '../support/views.ts';

const read = { name: 'file-read', bytesPerSecond: 4_000_000_000 } as const;
const sample = (seconds: number, bytes: number | null, entries: number | null) => [
  { seconds, bytes, entries },
];

const document: BenchDocument = {
  schemaVersion: 2,
  source: { path: 'a.tar', format: 'docker-archive', variant: 'hybrid', compression: null, sizeBytes: 1 },
  image: {
    id: `sha256:${'a'.repeat(64)}`,
    manifestDigest: null,
    tags: ['evil\x1b[2J:1'],
    platform: null,
    created: null,
    config: {},
  },
  totals: {
    layers: 2,
    entries: 29_610,
    storedBytes: 1_000_000,
    tarBytes: 3_000_000,
    contentBytes: 0,
    rootfsBytes: 0,
    wastedBytes: 0,
    efficiency: 1,
    files: 0,
    directories: 0,
    symlinks: 0,
    others: 0,
  },
  machine: {
    os: 'linux',
    release: '6',
    arch: 'x64',
    cpu: 'A  processor\x1b of some model with a long name',
    cpus: 8,
    load: 0,
    memoryBytes: 1,
    node: 'v20.0.0',
    layers: '0.1.0',
  },
  stages: [
    stageOf('read', sample(0.001, 1_000_000, null), read),
    stageOf('sha256', sample(0.002, 4_000_000, null), {
      name: 'sha256-in-memory',
      bytesPerSecond: 2_000_000_000,
    }),
    stageOf('union', sample(0.000_5, null, 29_610)),
    stageOf('inspect', sample(0.004, 1_000_000, 29_610), null, 8),
    stageOf('inspect', sample(0.008, 1_000_000, 29_610), null, 1),
  ],
  skipped: [
    { stage: 'extract', reason: 'a folder\x1b that is called something long has no room for all of it' },
  ],
  limits: [read],
  findings: [],
};

const text = (view: Parameters<typeof renderBench>[1]): string => [...renderBench(document, view)].join('');

describe('a measurement as text', () => {
  it('shows every stage with its rates and its share of the limit', () => {
    const lines = text(viewOfWidth(100)).split('\n');
    const columns = lines.map((line) => line.trim().split(/ {2,}/));
    expect(columns).toContainEqual(['read', '1 ms', '1 MB', '1 GB/s', 'file-read', '25.0 %']);
    expect(columns).toContainEqual(['SHA-256', '2 ms', '4 MB', '2 GB/s', 'sha256-in-memory', '100.0 %']);
    expect(columns).toContainEqual(['union', '500 µs', '29610', '59.2 M/s']);
    expect(columns).toContainEqual(['inspect (8 threads)', '4 ms', '1 MB', '250 MB/s', '29610', '7.4 M/s']);
    expect(lines.join('\n')).toContain('not measured:  extract: a folder\\x1b');
    expect(lines.join('\n')).toContain('8 × A processor\\x1b of');
  });

  it('draws the times of the stages to one scale', () => {
    const bars = text(viewOfWidth(100))
      .split('\n')
      .flatMap((line) => /^ (\S+(?: \(.+?\))?) .*?([█▏▎▍▌▋▊▉]+)$/.exec(line)?.slice(1) ?? []);
    const lengths = bars.filter((_, i) => i % 2 === 1).map((drawn) => drawn.length);
    expect(bars.filter((_, i) => i % 2 === 0)).toEqual([
      'read',
      'SHA-256',
      'union',
      'inspect (8 threads)',
      'inspect (1 thread)',
    ]);
    expect(lengths).toEqual([8, 15, 4, 30, 60]);
  });

  it('is as wide as the terminal', () => {
    for (const width of [40, 50, 60, 80, 120]) {
      for (const line of text(viewOfWidth(width)).split('\n'))
        expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
    expect(text(viewOfWidth(40))).toMatch(/█{4}/);
  });

  it('is ASCII in a locale without UTF-8, without control characters', () => {
    const ascii = text(viewOf({ isTTY: true, columns: 80 }, { LANG: 'C', NO_COLOR: '1' }));
    expect(ascii).toMatch(/^[\n\x20-\x7e]*$/);
    expect(ascii).toMatch(/#{20}/);
    expect(ascii).toContain('8 x A processor');
  });

  it('shows that the machine is busy', () => {
    const busy = { ...document, machine: { ...document.machine, load: 6.49 } };
    expect([...renderBench(busy, viewOfWidth(100))].join('')).toContain('busy: load 6.5');
    expect(text(viewOfWidth(100))).not.toContain('busy');
  });

  it('has exact sizes with --bytes', () => {
    expect(text(viewOfWidth(120, { bytes: true }))).toContain('1000000000/s');
  });
});
