import { buildDockerArchive } from '@layers/testing/archive-builder';
import { file } from '@layers/testing/diffed';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, test } from 'vitest';
import { selectImage } from '../../src/image/describe/select-image.ts';
import { openArchive } from '../../src/image/open-archive.ts';
import { upToLayer } from '../../src/image/up-to-layer.ts';

const scratch = useScratch();

test('keeps the history steps of the kept layers, including steps without a layer between them', async () => {
  const layers = ['a', 'b', 'c'].map((name) => buildTar([file(name, name)]));
  const step = (created_by: string, empty_layer = false) => ({ created_by, empty_layer });
  const history = [step('A'), step('ENV', true), step('B'), step('CMD', true), step('C'), step('USER', true)];
  const archive = await openArchive({
    path: scratch.file(
      buildDockerArchive({ images: [{ tags: ['x:1'], layers, config: { history } }] }, { form: 'hybrid' }),
    ),
  });
  const image = selectImage(archive, {});
  const stepsAt = (position: number) =>
    upToLayer(image, position).config.history.map(({ createdBy }) => createdBy);
  expect(stepsAt(-1)).toEqual([]);
  expect(stepsAt(0)).toEqual(['A']);
  expect(stepsAt(1)).toEqual(['A', 'ENV', 'B']);
  expect(stepsAt(2)).toEqual(['A', 'ENV', 'B', 'CMD', 'C', 'USER']);
  const partial = upToLayer(image, 1);
  expect([partial.layers.length, partial.config.diffIds.length, partial.id, partial.tags]).toEqual([
    2,
    2,
    image.id,
    ['x:1'],
  ]);
});
