import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { buildIndex } from '../../../src/compression/indexed/index-builder.ts';
import { readContent } from '../../../src/image/contents/content.ts';
import { LayerAccess } from '../../../src/image/layers/layer-access.ts';
import { memorySource } from '../../../src/io/memory-source.ts';

const scratch = useScratch();
const FAR = 9 * 1024 * 1024;
const bytes = Buffer.alloc(FAR + 1000);
for (let at = 0; at < bytes.length; at += 4096) bytes.writeUInt32LE(at, at);
const blob = gzipSync(bytes, { level: 1 });

function access(isKept: boolean) {
  let builds = 0;
  const source = memorySource(blob);
  const build = async () => {
    builds += 1;
    return buildIndex(source, 'gzip');
  };
  return { layer: new LayerAccess(source, { load: () => null, build, isKept }), builds: () => builds };
}

test('a layer is prepared for the second file that lies far behind, if later runs do not have the result', async () => {
  const { layer, builds } = access(false);
  expect(await layer.near(100)).toBeNull();
  expect(await layer.near(100)).toBeNull();
  expect(await layer.near(FAR)).toBeNull();
  expect(builds()).toBe(0);
  const tar = (await layer.near(FAR)) ?? expect.fail();
  const target = new Uint8Array(1000);
  expect(tar.read(target, FAR)).toBe(1000);
  expect(Buffer.compare(target, gunzipSync(blob).subarray(FAR))).toBe(0);
  expect(await layer.near(100)).toBe(tar);
  expect(builds()).toBe(1);
});

test('a layer is prepared for the first file that lies far behind, if later runs have the result', async () => {
  const { layer, builds } = access(true);
  expect(await layer.near(100)).toBeNull();
  expect(await layer.near(FAR)).not.toBeNull();
  expect(builds()).toBe(1);
});

test('files of a layer are the same before and after it is prepared, without a cache', async () => {
  const layer = buildTar([
    { path: 'large', data: bytes },
    { path: 'small', data: Buffer.from('content') },
  ]);
  const archive = buildDockerArchive(
    { images: [{ tags: [], layers: [layer] }] },
    { form: 'oci', compression: 'gzip' },
  );
  const image = await readOne({ path: scratch.file(archive) });
  const content = async (): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of readContent(image, 0, 1)) parts.push(Buffer.from(part));
    return Buffer.concat(parts).toString();
  };
  for (let read = 0; read < 4; read++) expect(await content()).toBe('content');
  expect(await image.layers[0]?.access?.near(FAR)).not.toBeNull();
});

test('a whole layer is decompressed by its access points, if they are known', async () => {
  const large = Buffer.concat([blob, randomBytes(5 * 1024 * 1024)]);
  const points = buildIndex(memorySource(large), 'gzip', { ignoreTrailing: true });
  expect(new LayerAccess(memorySource(large), { load: () => null }).whole()).toBeNull();
  const parts: Uint8Array[] = [];
  const whole = new LayerAccess(memorySource(large), { load: () => points }).whole();
  if (availableParallelism() === 1) expect(whole).toBeNull();
  else {
    for await (const part of whole ?? []) parts.push(part.slice());
    expect(Buffer.compare(Buffer.concat(parts), bytes)).toBe(0);
  }
});
