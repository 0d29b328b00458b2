import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const data = (size: number): Buffer => Buffer.alloc(size, 'x');
const ofBase = [
  [
    { path: 'old', data: data(20_000) },
    { path: 'kept', data: data(30_000) },
  ],
  [{ path: '.wh.old' }],
];
const base = scratch.file(archiveOf(ofBase), 'base.tar');
const image = scratch.file(archiveOf([...ofBase, [{ path: '.wh.kept' }]]), 'app.tar');

const run = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = layers(args);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
};
const FACT =
  'base     2 layers · wastes 20 kB itself, which is not listed · 30 kB wasted by the layers above it\n';

describe('--base', () => {
  it('leaves out what the base wasted, and sums it up', () => {
    for (const verb of ['inspect', 'waste']) {
      const text = run(verb, '--base', base, image);
      expect(text).toContain(FACT);
      expect(text).toContain('/kept');
      expect(text).not.toContain('/old');
      const { base: sums, waste, totals } = JSON.parse(run(verb, '--json', '--base', base, image));
      expect(sums).toEqual({ layers: 2, wastedBytes: 20_000, ownWastedBytes: 30_000 });
      expect(waste).toHaveLength(1);
      expect(totals.wastedBytes).toBe(50_000);
    }
  });

  it('shows in inspect what each layer above the base wasted', () => {
    const rows = run('inspect', '--base', base, image)
      .split('\n')
      .filter((line) => /^ +[012] /.test(line))
      .map((line) => line.trim().split(/ {2,}/));
    expect(rows.map((row) => row.find((cell) => /^(?:base|\d+ kB)$/.test(cell) && cell !== '50 kB'))).toEqual(
      ['base', 'base', '30 kB'],
    );
  });

  it('counts in a table of images what their own layers waste', () => {
    const { images, failures } = JSON.parse(run('inspect', '--json', '--base', base, base, image));
    expect(failures).toEqual([]);
    expect(images.map((each: { base: { ownWastedBytes: number } }) => each.base.ownWastedBytes)).toEqual([
      30_000, 0,
    ]);
    expect(run('inspect', '--base', base, base, image)).toMatch(/\n +0 B .*base\.tar\n$/);
    const other = layers(['inspect', '--base', image, base, image]);
    expect(other.status).toBe(1);
    expect(other.stdout).toContain(`the image was not built on ${image}: layer 2 differs`);
  });

  it('must be what the image was built on', () => {
    for (const verb of ['inspect', 'waste']) {
      const { status, stderr } = layers([verb, '--base', join(examples, 'demo.tar'), image]);
      expect([status, stderr.split('\n')[0]]).toEqual([
        2,
        `error: the image was not built on ${join(examples, 'demo.tar')}: layer 0 differs [ERR_LAYERS_USAGE]`,
      ]);
    }
  });
});

describe('layers base', () => {
  const env = { LAYERS_STORE: join(mkdtempSync(join(scratch.folder, 'store-')), 'store') };
  const found = (...args: readonly string[]) => {
    const { status, stdout } = layers(['base', ...args], { env });
    expect(status).toBe(0);
    return stdout;
  };

  it('looks for the base in the store', () => {
    expect(found(image)).toContain('store    empty, so that nothing was compared\n');
    expect(layers(['import', '-', 'other:1'], { env, input: new Uint8Array(1024) }).status).toBe(0);
    expect(layers(['load', '-i', base], { env }).status).toBe(0);
    expect(layers(['load', '-i', image], { env }).status).toBe(0);
    const { evidence, searchedStore } = JSON.parse(found('--json', image));
    expect(searchedStore).toEqual({ path: env.LAYERS_STORE, images: 3, problem: null });
    // Not the image itself, which the store has too.
    expect(evidence.filter(({ from }: { from: string }) => from === 'layers')).toMatchObject([
      { isGuess: false, layers: 2 },
    ]);
    expect(found(image)).toContain('store    3 images compared\n');
    expect(JSON.parse(found('--json', image, '--against', base)).searchedStore).toBe(null);
  });

  it('says that the store cannot be read', () => {
    const broken = scratch.file(new Uint8Array(1), 'broken');
    const { status, stdout } = layers(['base', image], { env: { LAYERS_STORE: broken } });
    expect(status).toBe(0);
    expect(stdout).toContain(`store    ${broken} cannot be read: `);
  });
});
