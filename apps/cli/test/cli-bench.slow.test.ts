import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ArchiveOptions, buildDockerArchive, canZstd } from '@layers/testing/archive-builder';
import { command, environment, examples, layers } from '@layers/testing/command';
import { oddArchive } from '@layers/testing/odd-archive';
import { buildTar } from '@layers/testing/tar-builder';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-bench-tests-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const folder = new URL('../schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
for (const name of readdirSync(folder))
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name);
const validate = ajv.getSchema('bench.json');
if (validate === undefined) throw new Error('there is no schema of bench');

const LAYERS = [
  buildTar([
    { path: 'etc/', type: 'directory' },
    { path: 'etc/motd', data: Buffer.from('hello\n') },
    { path: `${'long/'.repeat(60)}name`, data: Buffer.alloc(5000, 1) },
    { path: 'link', type: 'symlink', linkpath: 'etc/motd' },
    { path: 'second', type: 'link', linkpath: 'etc/motd' },
  ]),
  buildTar([{ path: 'etc/.wh.motd' }, { path: 'big', data: Buffer.alloc(300_000, 2) }]),
];
const TAR_BYTES = LAYERS.reduce((sum, { length }) => sum + length, 0);
const ENTRIES = 7;
const ALL = ['read', 'inflate', 'sha256', 'walk', 'parse', 'union', 'extract', 'inspect'];
const RAW = ALL.filter((stage) => stage !== 'inflate');
const PACKED = ALL.filter((stage) => stage !== 'walk');

function archive(name: string, options: ArchiveOptions): string {
  const path = join(scratch, name);
  writeFileSync(path, buildDockerArchive({ images: [{ tags: ['app:1'], layers: LAYERS }] }, options));
  return path;
}

const raw = archive('raw.tar', { form: 'hybrid' });
const compressed = archive('gzip.tar', { form: 'oci', compression: 'gzip' });

interface Figures {
  readonly stage: string;
  readonly threads: number;
  readonly seconds: number;
  readonly runs: readonly number[];
  readonly processedBytes: number | null;
  readonly entries: number | null;
  readonly limit: { readonly name: string } | null;
}

interface Measured {
  readonly status: number | null;
  readonly stderr: string;
  readonly names: readonly string[];
  readonly stages: ReadonlyMap<string, Figures>;
  readonly skipped: readonly { readonly stage: string; readonly reason: string }[];
  readonly totals: { readonly entries: number; readonly storedBytes: number; readonly tarBytes: number };
  readonly limits: readonly { readonly name: string }[];
}

/** Measures briefly, validates the document, and checks that no files are left. */
function measured(args: readonly string[], input?: Uint8Array): Measured {
  const temporary = mkdtempSync(join(scratch, 'tmp-'));
  const all = ['bench', '--json', '--max-seconds', '0', ...args];
  const { status, stdout, stderr } = layers(all, {
    env: { TMPDIR: temporary },
    ...(input === undefined ? {} : { input }),
  });
  expect(readdirSync(temporary)).toEqual([]);
  const document = JSON.parse(stdout);
  expect(validate?.(document) === true ? [] : validate?.errors).toEqual([]);
  expect(validate?.({ ...document, more: 1 })).toBe(false);
  const stages: Figures[] = document.stages;
  return {
    ...document,
    status,
    stderr,
    names: stages.map(({ stage }) => stage),
    stages: new Map(stages.map((stage) => [stage.stage, stage])),
  };
}

/** Returns the number of entries that GNU tar lists. */
function membersByTar(tar: Uint8Array): number {
  return spawnSync('tar', ['-t'], { input: tar }).stdout.toString().trim().split('\n').length;
}

describe('layers bench', () => {
  it('counts the same entries of uncompressed layers as GNU tar and inspect', () => {
    const { status, stderr, names, stages, skipped, totals } = measured([raw]);
    expect([status, stderr, names]).toEqual([0, '', RAW]);
    expect(skipped).toEqual([{ stage: 'inflate', reason: 'nothing is compressed' }]);
    expect(LAYERS.map(membersByTar).reduce((sum, count) => sum + count)).toBe(ENTRIES);
    expect(totals).toMatchObject(JSON.parse(layers(['inspect', '--json', raw]).stdout).totals);
    expect([totals.entries, totals.tarBytes]).toEqual([ENTRIES, TAR_BYTES]);
    for (const name of ['read', 'sha256', 'inspect'])
      expect(stages.get(name)?.processedBytes).toBe(TAR_BYTES);
    for (const name of ['walk', 'parse', 'union', 'inspect']) expect(stages.get(name)?.entries).toBe(ENTRIES);
    expect(stages.get('walk')?.processedBytes).toBeLessThan(TAR_BYTES);
    // Without file data: one block for each entry, and two more for the long name.
    expect(stages.get('parse')?.processedBytes).toBe(512 * (ENTRIES + 2));
  });

  it('counts the created files of an extraction', () => {
    const { written } = JSON.parse(layers(['extract', '--json', raw, join(scratch, 'made')]).stdout);
    const { files, directories, symlinks, links, others, writtenBytes } = written;
    const paths = files + directories + symlinks + links + others;
    expect(measured([raw]).stages.get('extract')).toMatchObject({
      entries: paths,
      processedBytes: writtenBytes,
    });
  });

  it.each(['gzip', ...(canZstd ? (['zstd'] as const) : [])] as const)(
    'inflates layers in %s, and hashes them compressed and uncompressed',
    (compression) => {
      const path = compression === 'gzip' ? compressed : archive('zstd.tar', { form: 'hybrid', compression });
      const { names, stages, skipped, totals } = measured([path]);
      expect(names).toEqual(PACKED);
      expect(skipped.map(({ stage }) => stage)).toEqual(['walk']);
      expect(stages.get('read')?.processedBytes).toBe(totals.storedBytes);
      expect(stages.get('inflate')?.processedBytes).toBe(TAR_BYTES);
      expect(stages.get('sha256')?.processedBytes).toBe(totals.storedBytes + TAR_BYTES);
      expect([stages.get('parse')?.entries, stages.get('parse')?.processedBytes]).toEqual([
        ENTRIES,
        512 * (ENTRIES + 2),
      ]);
    },
  );

  it('reads a blob of two layers once, and merges both layers', () => {
    const [layer = Buffer.alloc(0)] = LAYERS;
    const path = join(scratch, 'twice.tar');
    const images = [{ tags: ['twice:1'], layers: [layer, layer] }];
    writeFileSync(path, buildDockerArchive({ images }, { form: 'oci' }));
    const { stages } = measured([path, '--no-extract']);
    expect(
      ['read', 'walk', 'union'].map(
        (name) => stages.get(name)?.[name === 'read' ? 'processedBytes' : 'entries'],
      ),
    ).toEqual([layer.length, 5, 10]);
  });

  it('measures an archive that is compressed as a whole: reads and inflates it, and hashes its layers', () => {
    const bytes = gzipSync(readFileSync(raw));
    const path = join(scratch, 'whole.tar.gz');
    writeFileSync(path, bytes);
    const { stderr, names, stages } = measured([path]);
    expect(names).toEqual(ALL);
    expect(stderr).toMatch(/^note: .+decompressing the input into .+\n$/);
    expect(stages.get('read')?.processedBytes).toBe(bytes.length);
    expect(stages.get('inflate')?.processedBytes).toBe(readFileSync(raw).length);
    expect(stages.get('sha256')?.processedBytes).toBe(TAR_BYTES);
  });

  it('measures an archive from a pipe, and prints a note about the copy', () => {
    const { stderr, names, stages } = measured(['-'], readFileSync(raw));
    expect([names, stages.get('sha256')?.processedBytes]).toEqual([RAW, TAR_BYTES]);
    expect(stderr).toMatch(/^note: each stage reads the layers again: decompressing the input into .+\n$/);
    expect(measured(['-q', '-'], gzipSync(readFileSync(compressed))).stderr).toBe('');
  });

  it('measures layouts, and images of the store', () => {
    expect(layers(['repack', raw, '-o', `oci:${scratch}/layout`]).status).toBe(0);
    expect(measured([`oci:${scratch}/layout`]).stages.get('read')?.processedBytes).toBe(TAR_BYTES);
    expect(layers(['load', '-i', compressed]).status).toBe(0);
    expect(measured(['app:1']).stages.get('inflate')?.processedBytes).toBe(TAR_BYTES);
  });

  it('measures the selected image of an archive', () => {
    const two = join(examples, 'two-images.tar');
    expect(layers(['bench', two]).status).toBe(2);
    expect(measured(['--image', '#2', two]).totals.entries).toBe(53);
  });

  it('runs each stage as often as requested, within the time limit', () => {
    const runsOf = (...args: string[]) =>
      new Set([...measured([raw, '--no-extract', ...args]).stages.values()].map(({ runs }) => runs.length));
    expect(runsOf('--runs', '4', '--max-seconds', '600')).toEqual(new Set([4]));
    expect(runsOf('--runs', '4', '--max-seconds', '0')).toEqual(new Set([1]));
  });

  it('writes nothing with --no-extract, also without a writable directory', () => {
    const env = { TMPDIR: join(scratch, 'absent') };
    const { status, stdout } = layers(['bench', '--json', '--max-seconds', '0', '--no-extract', raw], {
      env,
    });
    expect(status).toBe(0);
    const { skipped, limits } = JSON.parse(stdout);
    expect(skipped).toContainEqual({ stage: 'extract', reason: '--no-extract' });
    expect(JSON.stringify(limits)).not.toMatch(/write|same-files/);
    const refused = layers(['bench', raw], { env });
    expect(refused).toMatchObject({ status: 4, stdout: '' });
    expect(refused.stderr).toMatch(
      /^error: cannot write .+absent: no such file or directory \[ERR_LAYERS_WRITE_OUTPUT\]\nhint: set TMPDIR to .+\n$/,
    );
  });

  it('compares every stage with its limit', () => {
    const { stages, limits } = measured([compressed]);
    expect([...stages.values()].map(({ limit }) => limit?.name ?? null)).toEqual([
      'file-read',
      'inflate-in-memory',
      'sha256-in-memory',
      'memory-copy',
      null,
      'same-files',
      null,
    ]);
    expect(limits.map(({ name }) => name)).toEqual(expect.arrayContaining(['write', 'write-fsync']));
  });
});

describe('an image that cannot be measured', () => {
  const left = (args: readonly string[], input?: Uint8Array) => {
    const temporary = mkdtempSync(join(scratch, 'tmp-'));
    const run = layers(['bench', ...args], {
      env: { TMPDIR: temporary },
      ...(input === undefined ? {} : { input }),
    });
    return { ...run, left: readdirSync(temporary) };
  };

  it('does not exist, or is not an image', () => {
    expect(left([join(scratch, 'absent.tar')])).toMatchObject({ status: 3, stdout: '', left: [] });
    expect(left(['-'], Buffer.from('no archive'))).toMatchObject({ status: 3, stdout: '', left: [] });
    for (const wrong of [['--runs', '0'], ['--runs', 'x'], ['--max-seconds', '-1'], ['--such']])
      expect(left([raw, ...wrong])).toMatchObject({ status: 2, stdout: '', left: [] });
  });

  it.each([
    ['a raw layer', raw, LAYERS[0]],
    ['a compressed layer', compressed, gzipSync(LAYERS[0] ?? Buffer.alloc(0))],
  ])('has %s that is damaged: it is named', (_, path, blob) => {
    const bytes = readFileSync(path);
    const at = bytes.indexOf(blob?.subarray(0, 200) ?? '');
    expect(at).toBeGreaterThan(0);
    bytes.fill(0xff, at + 150, at + 180);
    const damaged = join(scratch, 'damaged.tar');
    writeFileSync(damaged, bytes);
    const run = left([damaged, '--json']);
    expect(run).toMatchObject({ status: 3, stdout: '', left: [] });
    expect(run.stderr).toMatch(/^error: .+blobs\/sha256\/[0-9a-f]{8}/);
  });
});

describe('an interrupt', () => {
  it('leaves no files behind in any stage', { timeout: 60_000 }, async () => {
    const many = join(scratch, 'many.tar');
    const files = Array.from({ length: 10_000 }, (_, i) => ({
      path: `d${i % 50}/f${i}`,
      data: Buffer.alloc(100, i),
    }));
    const images = [{ tags: ['many:1'], layers: [buildTar(files)] }];
    writeFileSync(many, buildDockerArchive({ images }, { form: 'hybrid' }));
    const temporary = mkdtempSync(join(scratch, 'tmp-'));
    const child = spawn(process.execPath, [command, 'bench', '--runs', '2', many], {
      env: environment({ TMPDIR: temporary }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    // During the extraction there is a directory with files.
    const isExtracting = () =>
      readdirSync(temporary).some((name) =>
        readdirSync(join(temporary, name)).some((tree) => tree.startsWith('tree-')),
      );
    while (!isExtracting()) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGINT');
    expect([await ended, output, readdirSync(temporary)]).toEqual([130, '', []]);
  });
});

describe('the text', () => {
  it('is ASCII in a locale without UTF-8, and has exact sizes with --bytes', () => {
    const { stdout } = layers(['bench', '--max-seconds', '0', '--bytes', raw], {
      env: { LANG: 'C', LC_ALL: 'C' },
    });
    expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(stdout).toMatch(/#{10}/);
    expect(stdout).toContain(` ${TAR_BYTES} `);
  });

  it('escapes names', () => {
    const path = join(scratch, 'odd.tar');
    writeFileSync(path, oddArchive({ form: 'legacy' }));
    mkdirSync(join(scratch, 'odd-tmp'));
    const { status, stdout } = layers(['bench', '--max-seconds', '0', path], {
      env: { TMPDIR: join(scratch, 'odd-tmp') },
    });
    expect([status, readdirSync(join(scratch, 'odd-tmp'))]).toEqual([0, []]);
    expect(stdout).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*$/);
  });
});
