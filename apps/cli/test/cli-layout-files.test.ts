import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { createTestStore, demo } from '@layers/testing/test-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const store = createTestStore();
const layout = store.at('layout');

beforeAll(async () => {
  await store.layers(['load', '-q', '-i', demo]);
  cpSync(store.path, layout, { recursive: true });
});
afterAll(() => store.remove());

/** Returns the bytes of every file below a directory, by name. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path), readFileSync(path, 'latin1')];
    }),
  );
}

/** Returns the path of the first blob below a layout. */
function blobIn(folder: string): string {
  const [name = ''] = readdirSync(join(folder, 'blobs', 'sha256'));
  return join('blobs', 'sha256', name);
}

const OUTPUTS: readonly (readonly [string, (folder: string) => string])[] = [
  ['index.json', () => 'index.json'],
  ['oci-layout', () => 'oci-layout'],
  ['a blob', blobIn],
  ['a new file beside the index', () => 'new.tar'],
  ['a new file among the blobs', () => join('blobs', 'sha256', 'new.tar')],
  ['a file of the lock', () => join('.layers', 'lock')],
];

const COMMANDS: readonly (readonly string[])[] = [
  ['repack', demo, '-o'],
  ['squash', demo, '-o'],
  ['config', demo, '--set-env', 'A=1', '-o'],
  ['append', demo, '--delete', '/etc', '-o'],
  ['export', demo, '-o'],
  ['save', 'bramble:1.4', '-o'],
];

describe.each(['store', 'layout'])('the files of a %s are not replaced', (kind) => {
  const folder = () => store.at(kind);

  async function expectRefused(args: readonly string[]): Promise<void> {
    const before = filesOf(folder());
    const { status, stderr } = await store.layers([...args, '--force']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/belongs to the OCI layout .*OUTPUT_EXISTS.\n.*outside the layout/),
    ]);
    expect(filesOf(folder())).toEqual(before);
  }

  it.each(COMMANDS.map((command) => [command[0], command]))('by %s, with --force', async (_, command) => {
    for (const [, name] of OUTPUTS) await expectRefused([...command, join(folder(), name(folder()))]);
  });

  it.each(OUTPUTS)('where a symlink leads to %s', async (_, name) => {
    const path = join(folder(), name(folder()));
    const links = mkdtempSync(store.at('links-'));
    if (existsSync(path)) {
      symlinkSync(path, join(links, 'file'));
      await expectRefused(['repack', demo, '-o', join(links, 'file')]);
    }
    symlinkSync(dirname(path), join(links, 'folder'));
    await expectRefused(['export', demo, '-o', join(links, 'folder', basename(path))]);
  });

  it('by a transport, or by files that are extracted', async () => {
    await expectRefused(['repack', demo, '-o', `docker-archive:${join(folder(), 'index.json')}`]);
    await expectRefused(['repack', demo, '-o', `oci:${join(folder(), 'blobs', 'new')}`]);
    await expectRefused(['extract', demo, folder()]);
    await expectRefused(['extract', demo, join(folder(), 'blobs', 'sha256')]);
  });
});

it('a folder beside a layout, and a layout itself, are outputs', async () => {
  mkdirSync(store.at('blobs'));
  await store.out(['export', '-q', demo, '-o', store.at('blobs/rootfs.tar')]);
  await store.out(['repack', '-q', demo, '-o', `oci:${layout}:other:1`, '--force']);
  expect(await store.out(['images', '-q'], { env: { LAYERS_STORE: layout } })).not.toBe('');
});
