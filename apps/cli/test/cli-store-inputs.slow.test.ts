import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, examples, layers } from '@layers/testing/command';
import { createTestStore } from '@layers/testing/test-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const demo = join(examples, 'demo.tar');
const two = join(examples, 'two-images.tar');
const store = createTestStore();
afterAll(() => store.remove());

let id = '';
beforeAll(async () => {
  await store.out(['load', '-i', demo]);
  await store.out(['load', '-i', two]);
  id = JSON.parse(await store.out(['inspect', '--json', demo])).image.id;
});

/** Returns the parts of a document that do not depend on the location of the image. */
function withoutSource(text: string): unknown {
  const { source: _, image, findings: __, ...rest } = JSON.parse(text);
  const { manifestDigest: ___, ...about } = image;
  return { ...rest, image: about };
}

describe('an image of the store', () => {
  it.each([
    ['inspect', []],
    ['waste', []],
    ['advise', []],
    ['check', ['--warn', 'wasted-bytes=1', '--forbid-secrets']],
    ['duplicates', []],
    ['find', []],
    ['secrets', []],
    ['packages', ['--all-layers']],
    ['history', []],
    ['ls', ['-R']],
    ['tree', []],
  ])('is read by %s as the archive is that it came from', async (verb, args) => {
    // The image in the store has its own digests and media types.
    const plain = (text: string) =>
      JSON.stringify(withoutSource(text)).replaceAll(/"(?:mediaType|digest)":(?:null|"[^"]*"),?/g, '');
    const ofStore = await store.out([verb, '--json', ...args, 'bramble:1.4']);
    expect(plain(ofStore)).toBe(plain(await store.out([verb, '--json', ...args, demo])));
  });

  it('equals the image of the archive, and verifies', async () => {
    await store.out(['diff', 'bramble:1.4', demo]);
    await store.out(['diff', demo, id.slice(7, 17)]);
    expect((await store.layers(['diff', 'bramble:1.4', 'bramble-web:2.0'])).status).toBe(1);
    const { verified, checks } = JSON.parse(await store.out(['verify', '--json', 'bramble:1.4']));
    expect(verified).toBe(true);
    // Other images are not checked.
    expect(JSON.stringify(checks)).not.toContain(
      JSON.parse(await store.out(['inspect', '--json', 'bramble-web:2.0'])).image.id.slice(7),
    );
  });

  it('is exported, extracted, changed and read like any other image', async () => {
    for (const [from, to] of [
      [demo, 'a'],
      ['bramble:1.4', 'b'],
    ] as const) {
      await store.out(['export', from, '-o', store.at(`${to}.tar`)]);
      await store.out(['squash', from, '-o', store.at(`${to}-squashed.tar`)]);
      await store.out(['repack', '--compression', 'gzip', from, '-o', store.at(`${to}-packed.tar`)]);
      await store.out(['config', '--label', 'a=b', from, '-o', store.at(`${to}-config.tar`)]);
    }
    for (const name of ['', '-squashed', '-packed', '-config']) {
      expect(readFileSync(store.at(`b${name}.tar`)).equals(readFileSync(store.at(`a${name}.tar`)))).toBe(
        true,
      );
    }
    expect((await store.layers(['extract', 'bramble:1.4', store.at('rootfs')])).status).toBeLessThan(2);
    expect(existsSync(store.at('rootfs/etc'))).toBe(true);
    expect(await store.out(['cat', 'bramble:1.4', '/etc/bramble/bramble.conf'])).toBe(
      await store.out(['cat', demo, '/etc/bramble/bramble.conf']),
    );
  });

  it.each(['bramble:1.4', 'docker.io/library/bramble:1.4', 'ID12', 'sha256:ID64', 'ID64'])(
    'is named by %s',
    async (pattern) => {
      const name = pattern.replace('ID64', id.slice(7)).replace('ID12', id.slice(7, 19));
      expect(JSON.parse(await store.out(['inspect', '--json', name])).image.id).toBe(id);
    },
  );

  it('is not used if a file has the name', async () => {
    copyFileSync(two, store.at('bramble:1.4'));
    // The command runs in the directory of the file.
    const { stdout } = layers(['inspect', '--json', '--image', '#1', 'bramble:1.4'], {
      cwd: store.folder,
      env: { LAYERS_STORE: store.path },
    });
    expect(JSON.parse(stdout).image.tags).toEqual(['bramble-web:2.0']);
    rmSync(store.at('bramble:1.4'));
  });

  it('can be read in a read-only store; writing ends with 4', async (context) => {
    const copy = createTestStore();
    await copy.out(['load', '-i', demo]);
    chmodSync(copy.folder, 0o755);
    const folders = [
      copy.path,
      ...['.layers', '.layers/uploads', 'blobs/sha256'].map((name) => join(copy.path, name)),
    ];
    for (const folder of folders) chmodSync(folder, 0o555);
    try {
      const path = asNobody(['store', 'path'], copy.path);
      if (path.status !== 0) return context.skip('this user cannot become another one');
      expect(asNobody(['inspect', 'bramble:1.4'], copy.path)).toMatchObject({ status: 0, stderr: '' });
      expect(asNobody(['save', 'bramble', '-q'], copy.path)).toMatchObject({ status: 0, stderr: '' });
      for (const args of [
        ['load', '-i', two],
        ['tag', 'bramble:1.4', 'x'],
        ['rmi', 'bramble:1.4'],
        ['prune'],
      ]) {
        const { status, stderr } = asNobody(args, copy.path);
        expect([args, status, stderr]).toEqual([
          args,
          4,
          expect.stringMatching(/^error: .*permission denied/),
        ]);
      }
      expect(asNobody(['store', 'check'], copy.path).status).toBe(0);
    } finally {
      for (const folder of folders) chmodSync(folder, 0o755);
      copy.remove();
    }
  });
});

/** Runs the command as a user who is not root. */
function asNobody(args: readonly string[], store: string) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    env: { PATH: '', LAYERS_STORE: store },
    maxBuffer: 1 << 26,
    ...user,
  });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

describe('a name that neither a file nor the store has', () => {
  it.each([
    ['brambel:1.4', 2, 'the store has bramble:1.4'],
    ['bramble:2.0', 2, 'the store has bramble:1.4'],
    ['postgres', 2, 'layers images lists the images of the store'],
    ['docker:alpine', 2, 'write docker://NAME'],
    ['app.tar', 3, 'check the path'],
    ['./bramble:1.4', 3, 'check the path'],
  ])('%s: status %d, and what to do', async (name, status, hint) => {
    const run = await store.layers(['inspect', name]);
    expect([run.status, run.stdout]).toEqual([status, '']);
    expect(run.stderr).toMatch(/^error: .* \[ERR_LAYERS_\w+\]\nhint: .*\n$/);
    expect(run.stderr).toContain(hint);
  });

  it('is reported also without a store', async () => {
    const env = { LAYERS_STORE: store.at('none') };
    const { status, stderr } = await store.layers(['inspect', 'alpine'], { env });
    expect([status, stderr]).toEqual([2, expect.stringContaining('the store is empty: layers load -i FILE')]);
    expect(existsSync(store.at('none'))).toBe(false);
  });

  it('is reported for an ambiguous id prefix', async () => {
    const prefixes = new Map<string, number>();
    const ids = (await store.out(['images', '-q'])).split('\n').filter((line) => line !== '');
    for (const text of ids) prefixes.set(text.slice(0, 1), (prefixes.get(text.slice(0, 1)) ?? 0) + 1);
    // a6b5b3aa2cd9 and a75e316469aa
    expect(prefixes.get('a')).toBe(2);
    expect((await store.layers(['inspect', 'a'])).status).toBe(2);
  });
});
