import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { codeOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, it } from 'vitest';
import { importRootfs, listImages, loadImages, openStore, type RootfsInput } from '../../src/index.ts';

const scratch = useScratch();
const TAR = buildTar([
  { path: 'etc/', type: 'directory', mode: 0o755, mtime: 1_600_000_000 },
  { path: 'etc/name', data: Buffer.alloc(5000, 'x'), mtime: 1_700_000_000 },
]);

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

const store = openStore(join(scratch.folder, 'store'), { create: true });

async function load(input: RootfsInput, tag: string) {
  const { image } = await importRootfs(input, { tags: [tag], changes: ['CMD ["sh"]'] });
  const [loaded] = await loadImages(store, [image]);
  if (loaded === undefined) throw new Error('no image was loaded');
  return loaded;
}

it('a pipe, a file and a compressed file give the same image, and importing it again changes nothing', async () => {
  const first = await load({ stream: chunksOf(TAR) }, 'mine:1');
  expect(first).toMatchObject({ wasThere: false, tags: ['mine:1'] });
  const second = await load({ path: scratch.file(gzipSync(TAR)) }, 'mine:1');
  expect(second).toMatchObject({ id: first.id, wasThere: true, isUnchanged: true });
  expect(await load({ path: scratch.file(TAR) }, 'mine:2')).toMatchObject({
    id: first.id,
    isUnchanged: false,
  });
  expect(listImages(store).map(({ id, refs }) => ({ id, refs }))).toEqual([
    { id: first.id, refs: ['mine:1', 'mine:2'] },
  ]);
});

it('an error at the end leaves no image', async () => {
  const before = listImages(store);
  const truncated = TAR.subarray(0, TAR.length - 3000);
  expect(await codeOfAsync(() => load({ stream: chunksOf(truncated) }, 'truncated:1'))).toBe(
    'ERR_LAYERS_TAR_TRUNCATED',
  );
  expect(
    await codeOfAsync(() => load({ stream: chunksOf(gzipSync(TAR).subarray(0, 90)) }, 'truncated:1')),
  ).toBe('ERR_LAYERS_GZIP_TRUNCATED');
  expect(listImages(store)).toEqual(before);
});
