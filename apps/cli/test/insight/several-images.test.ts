import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const folder = join(scratch.folder, 'archives');
const at = (name: string): string => join(folder, name);
const wasteful = [[{ path: 'a', data: Buffer.alloc(200_000, 'x') }], [{ path: '.wh.a' }]];

beforeAll(() => {
  mkdirSync(at('more'), { recursive: true });
  for (const name of ['demo.tar', 'two-images.tar']) copyFileSync(join(examples, name), at(name));
  writeFileSync(at('wasteful.tar'), archiveOf(wasteful));
  writeFileSync(at('notes.txt'), 'Notes on images, and no image\n'.repeat(40));
  writeFileSync(at('cut.tar'), archiveOf(wasteful).subarray(0, 100_000));
  writeFileSync(at('.hidden.tar'), archiveOf(wasteful));
  writeFileSync(at('more/other.tar'), archiveOf(wasteful));
  const repacked = layers(['repack', '-q', at('demo.tar'), '-o', `oci:${at('layout')}`]);
  expect([repacked.status, repacked.stderr]).toEqual([0, '']);
});

interface Failure {
  readonly path: string;
  readonly code: string;
}
const failuresOf = (failures: readonly Failure[]): string[] =>
  failures.map(({ path, code }) => `${path} ${code}`);

describe('layers inspect of several images', () => {
  it('is a table with the most wasteful first', () => {
    const { status, stdout } = layers(['inspect', at('demo.tar'), at('wasteful.tar')]);
    expect(status).toBe(0);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['wasted', 'efficiency', 'stored', 'root fs', 'layers', 'image', 'platform', 'archive'],
      ['200 kB', '0.0 %', expect.any(String), '0 B', '2', 'x:1', 'linux/amd64', at('wasteful.tar')],
      ['126 kB', '47.4 %', '323 kB', '113 kB', '5', 'bramble:1.4', 'linux/amd64', at('demo.tar')],
    ]);
  });

  it('has the documents of each in a list', () => {
    const document = JSON.parse(layers(['inspect', '--json', at('demo.tar'), at('wasteful.tar')]).stdout);
    const alone = (name: string): unknown => JSON.parse(layers(['inspect', '--json', at(name)]).stdout);
    expect(document.images).toEqual([alone('wasteful.tar'), alone('demo.tar')]);
    const lines = layers(['inspect', '--jsonl', at('demo.tar'), at('wasteful.tar')])
      .stdout.trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(document.images);
    expect(JSON.parse(layers(['inspect', '--jsonl', at('demo.tar')]).stdout)).toEqual(alone('demo.tar'));
  });

  it('reads the archives and layouts in a folder; one that cannot be read does not hide the others', () => {
    const { status, stdout } = layers(['inspect', '--json', folder]);
    const { images, failures, skipped } = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(images.map(({ source }: { source: { path: string } }) => source.path)).toEqual([
      at('wasteful.tar'),
      at('demo.tar'),
      at('layout'),
    ]);
    expect(failuresOf(failures)).toEqual([
      expect.stringContaining(`${at('cut.tar')} ERR_LAYERS_TAR_`),
      `${at('two-images.tar')} ERR_LAYERS_IMAGE_AMBIGUOUS`,
    ]);
    expect(skipped).toEqual([at('notes.txt')]);
    const text = layers(['inspect', folder]).stdout;
    expect(text).toMatch(/^Not read\n .*cut\.tar {2,}truncated/m);
    expect(text).toMatch(/two-images\.tar {2}there are 2 images to choose from: add --all\n/);
    expect(text).toContain(`\nnot images: ${at('notes.txt')}\n`);
  });

  it('shows every image of an archive', () => {
    const { status, stdout } = layers(['inspect', '--all', at('two-images.tar')]);
    expect([status, stdout.match(/bramble-\w+:2\.0/g)]).toEqual([
      0,
      ['bramble-web:2.0', 'bramble-worker:2.0'],
    ]);
    expect(JSON.parse(layers(['inspect', '--all', '--json', at('demo.tar')]).stdout).images.length).toBe(1);
  });

  it('fails for names without an input, and shows the rest', () => {
    const { status, stdout } = layers(['inspect', '--json', at('demo.tar'), at('absent.tar')]);
    const { images, failures } = JSON.parse(stdout);
    expect([status, images.length, failuresOf(failures)]).toEqual([
      1,
      1,
      [`${at('absent.tar')} ERR_LAYERS_INPUT_MISSING`],
    ]);
    // A file that was named is not passed over.
    expect(layers(['inspect', at('demo.tar'), at('notes.txt')]).status).toBe(1);
  });

  it('refuses a folder without an archive', () => {
    mkdirSync(at('more/none'), { recursive: true });
    writeFileSync(at('more/none/notes.txt'), 'Notes on images, and no image\n'.repeat(40));
    for (const args of [['inspect'], ['inspect', '--all'], ['list']]) {
      const { status, stdout, stderr } = layers([...args, at('more/none')]);
      expect([status, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^error: .*more\/none.* \[ERR_LAYERS_/);
    }
  });

  it('reports a name that no file can have', () => {
    const { status, stderr } = layers(['inspect', `${'x'.repeat(5000)}.tar`]);
    expect([status === 70, stderr]).toEqual([false, expect.stringMatching(/\[ERR_LAYERS_/)]);
  });

  it('refuses to select an image of several archives', () => {
    const { status, stderr } = layers(['inspect', '--image', 'x', at('demo.tar'), at('wasteful.tar')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--image selects an image of one archive')]);
  });
});

describe('layers list of several archives', () => {
  it('lists the images of all, with sizes and digests', () => {
    const { status, stdout } = layers(['list', at('two-images.tar'), at('layout')]);
    expect(status).toBe(0);
    const rows = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.trim().split(/ {2,}/));
    expect(rows[0]).toEqual(['#', 'image', 'platform', 'id', 'digest', 'layers', 'stored', 'archive']);
    expect(rows.slice(1).map(([number, image, , , , ...rest]) => [number, image, rest.at(-1)])).toEqual([
      ['#1', 'bramble-web:2.0', at('two-images.tar')],
      ['#2', 'bramble-worker:2.0', at('two-images.tar')],
      ['#1', 'bramble:1.4', at('layout')],
    ]);
  });

  it('has the documents of each in a list', () => {
    const { status, stdout } = layers(['list', '--json', folder]);
    const { archives, failures, skipped } = JSON.parse(stdout);
    expect(status).toBe(1);
    const alone = (name: string): unknown => JSON.parse(layers(['list', '--json', at(name)]).stdout);
    expect(archives).toEqual(['demo.tar', 'layout', 'two-images.tar', 'wasteful.tar'].map(alone));
    expect(failuresOf(failures)).toEqual([expect.stringContaining(at('cut.tar'))]);
    expect(skipped).toEqual([at('notes.txt')]);
    const lines = layers(['list', '--jsonl', folder]).stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).archive)).toEqual([
      at('demo.tar'),
      at('layout'),
      at('two-images.tar'),
      at('two-images.tar'),
      at('wasteful.tar'),
    ]);
  });

  it('has the bytes of the layers as inspect counts them', () => {
    for (const name of ['demo.tar', 'demo-oci.tar']) {
      const { images } = JSON.parse(layers(['list', '--json', join(examples, name)]).stdout);
      const { totals } = JSON.parse(layers(['inspect', '--json', join(examples, name)]).stdout);
      expect(images[0].storedBytes).toBe(totals.storedBytes);
    }
  });
});
