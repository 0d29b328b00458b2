import { INPUTS, readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { file } from '@layers/testing/diffed';
import { errorOfAsync } from '@layers/testing/errors';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { readWholeContents } from '../../../src/image/contents/whole-contents.ts';

const scratch = useScratch();
const sparse: EntrySpec = {
  path: 's',
  data: Buffer.from('xy'),
  sparse: {
    realSize: 4,
    extents: [
      [0, 1],
      [3, 1],
    ],
  },
};
const layers = [
  [file('a', 'first'), file('b', 'x'.repeat(300_000)), sparse, file('empty', '')],
  [file('c', 'other layer')],
];
const places = [
  { layer: 1, entry: 0 },
  { layer: 0, entry: 3 },
  { layer: 0, entry: 2 },
  { layer: 0, entry: 0 },
  { layer: 0, entry: 1 },
  { layer: 0, entry: 0 },
];
const contents = ['other layer', '', 'x\0\0y', 'first', 'x'.repeat(300_000), 'first'];

for (const compression of [null, 'gzip'] as const) {
  const archive = buildDockerArchive(
    { images: [{ tags: [], layers: layers.map(buildTar) }] },
    { form: 'oci', compression },
  );
  for (const [way, input] of INPUTS) {
    test(`contents of ${compression ?? 'uncompressed'} layers from ${way} are in the order of the request`, async () => {
      const image = await readOne(input(archive, scratch));
      if (way === 'a pipe') {
        const error = await errorOfAsync(() => readWholeContents(image, places));
        expect(error.code).toBe('ERR_LAYERS_NEEDS_FILE');
        return;
      }
      const found = await readWholeContents(image, places);
      expect(found.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual(contents);
    });
  }
}

test('no places require no bytes', async () => {
  const archive = buildDockerArchive({ images: [{ tags: [], layers: [] }] }, { form: 'oci' });
  expect(await readWholeContents(await readOne({ path: scratch.file(archive) }), [])).toEqual([]);
});
