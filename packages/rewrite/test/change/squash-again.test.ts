import { join } from 'node:path';
import { openImage } from '@layers/core';
import { appendLayer, squashImage, writeImage } from '@layers/rewrite';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { buildEntry, buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
let outputs = 0;

const file = (path: string, text = path): EntrySpec => ({ path, data: Buffer.from(text) });
const base = buildTar([{ path: 'etc', type: 'directory' }, file('etc/a'), file('etc/b')]);
const change = buildTar([file('etc/a', 'changed'), { path: 'etc/.wh.b' }, file('new/without-parent')]);

const open = (layers: readonly Uint8Array[], compression: 'gzip' | null = null) =>
  openImage(
    scratch.file(
      buildDockerArchive({ images: [{ tags: ['app:1'], layers }] }, { form: 'hybrid', compression }),
      `in-${outputs++}.tar`,
    ),
  );
async function squashed(
  image: Awaited<ReturnType<typeof open>>,
  options: Parameters<typeof squashImage>[1] = {},
) {
  const path = join(scratch.folder, `out-${outputs++}.tar`);
  const written = await writeImage(await squashImage(image, options), path);
  return { written, image: await openImage(path) };
}

describe('a squashed image that is squashed again', () => {
  it.each([null, 'gzip'] as const)('is the same (compression: %s)', async (compression) => {
    const once = await squashed(await open([base, change], compression));
    const twice = await squashed(once.image);
    expect(twice.written.id).toBe(once.written.id);
    expect(twice.written.manifestDigest).toBe(once.written.manifestDigest);
    expect(twice.written.layers.map(({ kept }) => kept)).toEqual([true]);
    const another = await squashed(once.image, { compression: { kind: 'gzip', level: 9 } });
    expect(another.written.id).toBe(once.written.id);
  });

  it('is the same where a part is squashed, with its whiteouts', async () => {
    const once = await squashed(await open([base, change]), { from: 1 });
    const twice = await squashed(once.image, { from: 1 });
    expect(twice.written.id).toBe(once.written.id);
  });

  it('loses the waste of a single layer once', async () => {
    const wasteful = buildTar([file('a', 'old'), file('a', 'new'), { path: '.wh.nothing' }]);
    const image = await open([wasteful]);
    const once = await squashed(image);
    expect(once.written.layers[0]?.kept).toBe(false);
    expect((await squashed(once.image)).written.id).toBe(once.written.id);
  });

  it('loses what makes programs refuse the tar of a single layer', async () => {
    const [first, second] = [buildEntry(file('a')), buildEntry(file('b'))];
    const refused = Buffer.concat([first, Buffer.alloc(512), second, Buffer.alloc(1024)]);
    const once = await squashed(await open([refused]));
    expect(once.written.layers[0]?.kept).toBe(false);
    expect((await squashed(once.image)).written.id).toBe(once.written.id);
  });

  it('is the same with a message and a time', async () => {
    const options = {
      step: { comment: 'mine', created: '2001-01-01T00:00:00Z' },
      created: '2001-01-01T00:00:00Z',
    };
    const once = await squashed(await open([base, change]), options);
    const { created, history } = once.image.config;
    expect([created, history?.at(-1)?.created, history?.at(-1)?.comment]).toEqual([
      options.created,
      options.created,
      'mine',
    ]);
    expect((await squashed(once.image, options)).written.id).toBe(once.written.id);
  });
});

it('an image without layers cannot be squashed', async () => {
  const image = await open([]);
  const failing = squashImage(image);
  await expect(failing).rejects.toThrow('the image has no layers');
  expect(await codeOfAsync(() => squashImage(image))).toBe('ERR_LAYERS_LAYER_NOT_FOUND');
});

it('a comparison without differences adds no layer', async () => {
  const image = await open([buildTar([file('a')])]);
  const source = scratch.file(buildTar([file('a')]), 'same.tar');
  const same = await appendLayer(image, { additions: [{ source, destination: '/' }], diff: true });
  const path = join(scratch.folder, 'same-out.tar');
  const written = await writeImage(same.image, path);
  expect([written.id, written.layers.length]).toEqual([image.id, 1]);
  const other = scratch.file(buildTar([file('a', 'b')]), 'other.tar');
  const changed = await appendLayer(image, { additions: [{ source: other, destination: '/' }], diff: true });
  expect(changed.image.layers).toHaveLength(2);
});
