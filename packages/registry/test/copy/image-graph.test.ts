import { digestOf } from '@layers/core/digest';
import { OCI_INDEX, OCI_MANIFEST, parseReference } from '@layers/core/oci';
import { afterEach, expect, test } from 'vitest';
import { fetchGraph } from '../../src/copy/image-graph.ts';
import { closeAll, startWithClient } from '../test-client.ts';

afterEach(closeAll);

/** Stores a document under the tag `v1`, and returns what fetching it throws. */
async function errorOf(mediaType: string, text: string): Promise<unknown> {
  const { registry, repository } = await startWithClient({ behaviour: { checkReferences: false } });
  const stored = registry.storage.repository('team/app');
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  stored.manifests.set(digest, { bytes, mediaType });
  stored.tags.set('v1', digest);
  const reference = parseReference(`${registry.domain}/team/app:v1`);
  return fetchGraph(repository, reference).catch((error: unknown) => error);
}

test('an index without images is named', async () => {
  expect(
    await errorOf(OCI_INDEX, `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`),
  ).toMatchObject({
    code: 'ERR_LAYERS_NO_IMAGE',
    message: 'the index has no images',
    archive: expect.stringMatching(/^docker:\/\/127\.0\.0\.1:\d+\/team\/app:v1$/),
  });
});

test('the error of an invalid manifest has the name of the image', async () => {
  expect(
    await errorOf(OCI_MANIFEST, `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","config":7}`),
  ).toMatchObject({
    code: 'ERR_LAYERS_MANIFEST',
    archive: expect.stringMatching(/^docker:\/\/.*\/team\/app:v1$/),
  });
});
