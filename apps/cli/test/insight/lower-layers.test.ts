import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const text = (value: string): Buffer => Buffer.from(value);
const LAYERS = [
  [
    { path: 'd', type: 'directory' as const, mode: 0o750 },
    { path: 'd/a', data: text('a0') },
    { path: 'd/hard', type: 'link' as const, linkpath: 'd/a' },
    { path: 'keep', data: text('k') },
  ],
  [
    { path: 'd/a', data: text('a1') },
    { path: 'd/new', data: text('n') },
  ],
  [{ path: '.wh.d' }],
];
let made = 0;
const out = (): string => join(scratch.folder, `out-${made++}`);

describe.each([null, 'gzip'] as const)('an image with layers compressed by %s', (compression) => {
  const archive = scratch.file(archiveOf(LAYERS, { form: 'hybrid', compression }), `${compression}.tar`);

  it('is extracted as it is after a layer, with what later layers deleted', () => {
    const contents = (layer: string | null, ...paths: readonly string[]): Record<string, string> => {
      const folder = out();
      const option = layer === null ? [] : ['--layer', layer];
      const run = layers(['extract', '--no-same-owner', '-q', ...option, archive, folder, ...paths]);
      expect(run.stderr).toBe('');
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return Object.fromEntries(
        names.sort().map((name) => {
          const path = join(folder, name);
          return [name, name === 'd' ? '' : readFileSync(path, 'utf8')];
        }),
      );
    };
    expect(contents('0')).toEqual({ d: '', 'd/a': 'a0', 'd/hard': 'a0', keep: 'k' });
    expect(contents('1')).toEqual({ d: '', 'd/a': 'a1', 'd/hard': 'a0', 'd/new': 'n', keep: 'k' });
    expect(contents('2')).toEqual(contents(null));
    expect(contents('0', '/d/a')).toEqual({ d: '', 'd/a': 'a0' });
    expect(contents('1', '/d')).toEqual({ d: '', 'd/a': 'a1', 'd/hard': 'a0', 'd/new': 'n' });
  });

  it('is exported as the first layers alone are', () => {
    const [whole, part, lower] = [out(), out(), out()];
    const first = scratch.file(archiveOf(LAYERS.slice(0, 2), { form: 'hybrid', compression }));
    const { stdout } = layers(['export', '--json', '--layer', '1', archive, '-o', part]);
    expect(JSON.parse(stdout).upToLayer).toBe(1);
    layers(['export', first, '-o', lower]);
    layers(['export', archive, '-o', whole]);
    expect(readFileSync(part).equals(readFileSync(lower))).toBe(true);
    expect(readFileSync(part).equals(readFileSync(whole))).toBe(false);
    const piped = out();
    layers(['export', '-q', '--layer', '1', '-', '-o', piped], { input: readFileSync(archive) });
    expect(readFileSync(piped).equals(readFileSync(lower))).toBe(true);
  });

  it('names the layer that has a path, and layers that do not exist', () => {
    const folder = out();
    const { status, stderr } = layers(['extract', archive, folder, '/d/new']);
    expect([status, stderr]).toEqual([
      2,
      'error: the image has no "/d/new" [ERR_LAYERS_PATH_NOT_FOUND]\n' +
        'hint: layer 1 contains it, and a later layer deletes it: add --layer 1\n',
    ]);
    const absent = layers(['extract', '--layer', '7', archive, folder]);
    expect([absent.status, absent.stderr]).toEqual([2, expect.stringContaining('there is no layer 7')]);
    expect(existsSync(folder)).toBe(false);
  });
});

it('does not read the layers above', () => {
  const bytes = readFileSync(join(examples, 'demo.tar'));
  // The last layer has another digest then.
  const at = bytes.lastIndexOf('.wh.install.log');
  const flipped = Buffer.from(bytes);
  flipped[at + 5] = 0x49;
  const damaged = scratch.file(flipped, 'damaged.tar');
  expect(layers(['export', damaged, '-o', out()]).status).toBe(3);
  const [lower, expected] = [out(), out()];
  expect(layers(['export', '--layer', '3', damaged, '-o', lower]).status).toBe(0);
  expect(layers(['export', '--layer', '3', join(examples, 'demo.tar'), '-o', expected]).status).toBe(0);
  expect(readFileSync(lower).equals(readFileSync(expected))).toBe(true);
});
