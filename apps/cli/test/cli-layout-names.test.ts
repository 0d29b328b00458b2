import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blobOf, configOf, OCI } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { useTestStore } from '@layers/testing/test-store';
import { describe, expect, it } from 'vitest';

const store = useTestStore();
const REF_NAME = 'org.opencontainers.image.ref.name';
const IMAGE_NAME = 'io.containerd.image.name';

/** Writes a layout whose images have these annotations; returns the ids of the images. */
function layoutOf(path: string, images: readonly Readonly<Record<string, string>>[]): string[] {
  mkdirSync(join(path, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const parts = images.map((annotations, i) => {
    const tar = buildTar([{ path: String(i) }]);
    const layer = blobOf(tar, `${OCI}.layer.v1.tar`);
    const config = blobOf(configOf([tar]), `${OCI}.config.v1+json`);
    const type = `${OCI}.manifest.v1+json`;
    const manifest = blobOf(
      { schemaVersion: 2, mediaType: type, config: config.descriptor, layers: [layer.descriptor] },
      type,
    );
    for (const { file } of [layer, config, manifest]) writeFileSync(join(path, file.path), file.data);
    return { id: config.digest, descriptor: { ...manifest.descriptor, annotations } };
  });
  const manifests = parts.map(({ descriptor }) => descriptor);
  writeFileSync(join(path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return parts.map(({ id }) => id);
}

const idOf = async (name: string): Promise<string> => (await store.imageOf(name)).id;

describe('the names of a written layout', () => {
  it('are those that docker shows, so that skopeo, umoci and layers find an image by the same', async () => {
    const input = store.archiveOf('one', ['shop:1', 'localhost:5000/shop:1']);
    const layout = store.at('lay');
    await store.out(['repack', input, '-o', `oci:${layout}`]);
    const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
    expect(
      manifests.map(({ annotations }: { annotations: Record<string, string> }) => annotations[REF_NAME]),
    ).toEqual(['shop:1', 'localhost:5000/shop:1']);
    const id = await idOf(input);
    for (const name of ['shop:1', 'docker.io/library/shop:1', 'localhost:5000/shop:1', '1']) {
      expect(await idOf(`oci:${layout}:${name}`)).toBe(id);
    }
    await store.out(['repack', input, '-o', `oci:${layout}:latest`]);
    expect(await idOf(`oci:${layout}:latest`)).toBe(id);
  });
});

describe('the literal annotation of a layout', () => {
  it('is always a name of the image', async () => {
    const layout = store.at('others');
    const [buildkit, renamed, odd, plain] = layoutOf(layout, [
      { [IMAGE_NAME]: 'docker.io/library/shop:1', [REF_NAME]: '1' },
      // As skopeo leaves an image that it renames.
      { [IMAGE_NAME]: 'docker.io/library/shop:2', [REF_NAME]: 'renamed' },
      { [REF_NAME]: 'Some_Name' },
      { [REF_NAME]: 'abcd' },
    ]);
    expect(await idOf(`oci:${layout}:1`)).toBe(buildkit);
    expect(await idOf(`oci:${layout}:shop:1`)).toBe(buildkit);
    expect(await idOf(`oci:${layout}:renamed`)).toBe(renamed);
    expect(await idOf(`oci:${layout}:Some_Name`)).toBe(odd);
    expect(await idOf(`oci:${layout}:abcd`)).toBe(plain);
    expect((await store.layers(['inspect', `oci:${layout}:none`])).status).toBe(2);
  });

  it('takes precedence over the start of an id and over a tag without its name', async () => {
    const layout = store.at('precedence');
    const [first = ''] = layoutOf(layout, [{ [REF_NAME]: 'a:1' }]);
    const start = first.slice('sha256:'.length, 'sha256:'.length + 8);
    const [, second, third] = layoutOf(layout, [
      { [REF_NAME]: 'a:1' },
      { [IMAGE_NAME]: 'docker.io/library/b:2', [REF_NAME]: start },
      { [IMAGE_NAME]: 'docker.io/library/c:3', [REF_NAME]: '1' },
    ]);
    expect(await idOf(`oci:${layout}:${start}`)).toBe(second);
    expect(await idOf(`oci:${layout}:1`)).toBe(third);
  });

  it('goes along where it chose the image, and is reported where it does not', async () => {
    const layout = store.at('renamed');
    const annotations = { [IMAGE_NAME]: 'docker.io/library/shop:2', [REF_NAME]: 'renamed' };
    layoutOf(layout, [annotations]);
    const written = async (input: string, name: string) => {
      const args = ['repack', input, '-o', store.at(name), '--json'];
      const { images, findings } = JSON.parse((await store.layers(args)).stdout);
      return [images[0].tags, findings.map(({ code }: { code: string }) => code)];
    };
    expect(await written(`oci:${layout}`, 'all.tar')).toEqual([['shop:2'], ['tag-not-written']]);
    expect(await written(`oci:${layout}:shop:2`, 'tag.tar')).toEqual([['shop:2'], ['tag-not-written']]);
    expect(await written(`oci:${layout}:renamed`, 'chosen.tar')).toEqual([['renamed'], ['tag-not-written']]);
    const load = async (input: string) => JSON.parse((await store.layers(['load', '--json', input])).stdout);
    const loaded = await load(`oci:${layout}:renamed`);
    expect([loaded.images[0].tags, loaded.findings]).toEqual([['renamed'], []]);
    expect((await load(`oci:${layout}`)).findings).toMatchObject([{ code: 'tag-not-written' }]);
  });

  it('is no name for Docker if it is a tag alone', async () => {
    const layout = store.at('bare');
    layoutOf(layout, [{ [REF_NAME]: 'UPPER' }]);
    for (const format of ['hybrid', 'docker', 'oci']) {
      const args = ['repack', `oci:${layout}`, '--format', format, '-o', store.at(`${format}.tar`)];
      const { status, stderr } = await store.layers(args);
      expect([status, stderr.includes('the name "UPPER" is no name for Docker')]).toEqual([
        0,
        format !== 'oci',
      ]);
    }
  });
});
