import { join } from 'node:path';
import { openArchive, readImage, selectImage } from '@layers/core/image';
import { examples } from '@layers/testing/command';
import { expect, it } from 'vitest';
import {
  analyse,
  declaredHistoryDocument,
  declaredInspectDocument,
  historyDocument,
  inspectDocument,
} from '../../src/analysis/index.ts';

it.each(['demo.tar', 'demo-oci.tar'])('what %s declares agrees with what is read', async (name) => {
  const archive = await openArchive({ path: join(examples, name) });
  const description = selectImage(archive);
  const image = await readImage(archive, description, { threads: 0 });
  const read = inspectDocument(analyse(image), { top: 0 });
  const declared = declaredInspectDocument(archive, description, [
    { digest: 'sha256:0', platform: undefined },
  ]);
  expect(declared.otherPlatforms).toEqual([{ digest: 'sha256:0', platform: null }]);
  expect(declared).toMatchObject({ image: read.image, source: read.source, layersRead: false });
  expect(declared.totals).toEqual({ layers: read.totals.layers, storedBytes: read.totals.storedBytes });
  for (const [i, layer] of declared.layers.entries()) {
    const { digest, mediaType, verified: _, ...rest } = layer;
    expect(read.layers[i]).toMatchObject(rest);
    // A docker-archive declares neither.
    if (digest !== null) expect(read.layers[i]).toMatchObject({ digest, mediaType });
  }
  const [history, all] = [declaredHistoryDocument(archive, description), historyDocument(image)];
  const sizes = (steps: typeof all.history) => steps.map(({ contentBytes: _, ...step }) => step);
  expect(sizes(history.history)).toEqual(sizes(all.history));
  expect(
    history.history.map(({ layer, contentBytes }) =>
      layer === null ? contentBytes === 0 : contentBytes === null,
    ),
  ).not.toContain(false);
});
