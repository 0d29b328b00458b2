import { errorOfAsync } from '@layers/testing/errors';
import { expect, it } from 'vitest';
import { createRegistryClient } from '../../src/index.ts';

it('a proxy that cannot be used is reported as such', async () => {
  const client = createRegistryClient({
    env: { HTTPS_PROXY: 'http://127.0.0.1:1' },
    homeDirectory: '/nonexistent',
    retry: { delayMs: 1 },
  });
  const repository = client.repository({ domain: 'registry.example', path: 'app' });
  const error = await errorOfAsync(() => repository.manifest('1'));
  expect(error).toMatchObject({
    code: 'ERR_LAYERS_REGISTRY',
    message: expect.stringMatching(/the proxy \S*127\.0\.0\.1:1\S* cannot be used/),
    hint: 'check HTTPS_PROXY and HTTP_PROXY',
  });
});
