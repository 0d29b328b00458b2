import { writeFileSync } from 'node:fs';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';

const store = useTestStore();
const TYPE = `${OCI}.manifest.v1+json`;

/** Returns an image of one layer, which is stored as other bytes, or not at all. */
function image(name: string, stored?: Uint8Array | null, config: object | null = null) {
  const tar = buildTar([{ path: name }]);
  const layer = blobOf(stored ?? tar, `${OCI}.layer.v1.tar`);
  const document = blobOf(config ?? configOf([tar], { author: name }), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    { schemaVersion: 2, mediaType: TYPE, config: document.descriptor, layers: [layer.descriptor] },
    TYPE,
  );
  const annotations = { 'io.containerd.image.name': `docker.io/library/${name}:1` };
  const files = [document, manifest, ...(stored === null ? [] : [layer])].map((part) => part.file);
  return { descriptor: { ...manifest.descriptor, annotations }, files };
}

type Image = ReturnType<typeof image>;

/** Replaces the layer, which stays a tar. */
function withOtherBytes({ descriptor, files }: Image): Image {
  const other = buildTar([{ path: 'sad' }]);
  return { descriptor, files: files.map((file, i) => (i === 2 ? { ...file, data: other } : file)) };
}

function archiveOf(...images: readonly Image[]): string {
  const path = store.at('several.tar');
  const index = layoutOf(images.map(({ descriptor }) => descriptor));
  writeFileSync(path, buildTar([...index, ...images.flatMap(({ files }) => files)]));
  return path;
}

const BAD: readonly (readonly [what: string, make: () => Image])[] = [
  ['config', () => image('bad', undefined, { os: 'linux' })],
  ['layer in xz', () => image('bad', Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(99)]))],
  ['damaged layer', () => image('bad', Buffer.alloc(1024, 'x'))],
  ['missing layer', () => image('bad', null)],
  ['layer with other bytes', () => withOtherBytes(image('bad'))],
];

describe.each(BAD)('load of an archive with an image whose problem is a %s', (_, bad) => {
  it('loads the others, and reports the image with status 1', async () => {
    const path = archiveOf(image('one'), bad(), image('two'));
    const { status, stdout, stderr } = await store.layers(['load', '-i', path]);
    expect([status, stdout]).toEqual([1, 'Loaded image: one:1\nLoaded image: two:1\n']);
    expect(stderr).toMatch(/^warning: the image bad:1 cannot be read: /);
    const again = JSON.parse((await store.layers(['load', '--json', '-i', path])).stdout);
    expect(again.findings).toContainEqual(expect.objectContaining({ code: 'image-unreadable' }));
    expect(again.images).toHaveLength(2);
  });

  it('ends with 0 if another image is chosen, and with 3 if it is chosen, or alone', async () => {
    const path = archiveOf(image('one'), bad());
    expect((await store.layers(['load', '-i', path, '--image', 'one:1'])).status).toBe(0);
    expect((await store.layers(['load', '-i', path, '--image', 'bad:1'])).status).toBe(3);
    expect((await store.layers(['load', '-i', archiveOf(bad())])).status).toBe(3);
    expect(await store.out(['images', '-q'])).toMatch(/^[0-9a-f]{12}\n$/);
  });
});
