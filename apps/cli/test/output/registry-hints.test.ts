import { type ErrorCode, LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { hintFor } from '../../src/output/hints.ts';

describe('hints about registries', () => {
  it.each<[ErrorCode, string, string, string]>([
    [
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      'the registry has no image localhost:5000/app:2',
      'check the name and the tag',
      'layers tags localhost:5000/app lists',
    ],
    [
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      `the registry has no image app@sha256:${'0'.repeat(64)}`,
      'check the name and the tag',
      'layers tags app lists',
    ],
    [
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      'the registry has no repository localhost:5000/app',
      'check the name',
      'layers catalog localhost:5000 lists',
    ],
    ['ERR_LAYERS_IMAGE_NOT_FOUND', 'the registry has no repository me/app', 'check the name', 'Docker Hub'],
    [
      'ERR_LAYERS_REGISTRY_AUTH',
      'ghcr.io: the manifest of ghcr.io/me/app:1: access is denied',
      'check the name',
      'if the image is private: layers login ghcr.io',
    ],
    [
      'ERR_LAYERS_REGISTRY',
      'ghcr.io: the manifest of ghcr.io/me/app:1: TLS failed',
      'add the certificate authority of the registry to certs.d, or name it',
      '/etc/docker/certs.d/ghcr.io/ca.crt',
    ],
    [
      'ERR_LAYERS_REGISTRY',
      'ghcr.io: the list of repositories: the registry does not list its repositories',
      'check that the address is that of a registry',
      'layers tags NAME',
    ],
    ['ERR_LAYERS_REGISTRY', 'ghcr.io: x: y', 'try again', 'try again'],
    [
      'ERR_LAYERS_BLOB_MISMATCH',
      'the blob sha256:0 has more than 3 bytes',
      'the registry or a proxy sends damaged data, or the manifest states a wrong size',
      'the registry or a proxy sends damaged data',
    ],
  ])('%s: %s', (code, message, hint, expected) => {
    expect(hintFor(new LayersError(code, message, { hint }))).toContain(expected);
  });

  it('do not send users of Docker Hub to another host', () => {
    const error = new LayersError(
      'ERR_LAYERS_REGISTRY_AUTH',
      'registry-1.docker.io: the manifest of app:1: no',
    );
    expect(hintFor(error)).toMatch(/layers login$/);
  });

  it('blame the registry for a damaged document', () => {
    const error = new LayersError('ERR_LAYERS_CONFIG', 'x', { archive: 'docker://app' });
    expect(hintFor(error)).toContain('push it again');
  });
});
