import { describe, expect, test } from 'vitest';
import { isAttestation, isImageManifest } from '../../src/oci/attestation.ts';
import { parseIndex } from '../../src/oci/index-document.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import {
  DOCKER_CONFIG,
  DOCKER_LAYER_GZIP,
  IN_TOTO,
  OCI_CONFIG,
  OCI_EMPTY,
  OCI_LAYER,
} from '../../src/oci/media-types.ts';
import { sum } from './documents.ts';

describe('isAttestation', () => {
  const attests = (fields: object) =>
    parseIndex({ manifests: [{ digest: sum('a'), size: 1, ...fields }] }, 'i').manifests.some(isAttestation);

  test('is true for the annotation or the unknown platform', () => {
    expect(attests({ annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } })).toBe(true);
    expect(attests({ platform: { os: 'unknown', architecture: 'unknown' } })).toBe(true);
  });

  test('is false for anything else', () => {
    expect(attests({})).toBe(false);
    expect(attests({ annotations: { 'vnd.docker.reference.type': 'other' } })).toBe(false);
    expect(attests({ platform: { os: 'linux', architecture: 'unknown' } })).toBe(false);
    expect(attests({ platform: { os: 'linux', architecture: 'amd64' } })).toBe(false);
  });
});

describe('isImageManifest', () => {
  const isImage = (configType: string, layerTypes: readonly string[], artifactType?: string) =>
    isImageManifest(
      parseManifest(
        {
          artifactType,
          config: { mediaType: configType, digest: sum('a'), size: 2 },
          layers: layerTypes.map((mediaType) => ({ mediaType, digest: sum('b'), size: 1 })),
        },
        'm',
      ),
    );

  test.each([
    [OCI_CONFIG, [OCI_LAYER]],
    [DOCKER_CONFIG, [DOCKER_LAYER_GZIP, DOCKER_LAYER_GZIP]],
    [`${OCI_CONFIG}; charset=utf-8`, []],
    [OCI_CONFIG, ['unheard/of']],
    [OCI_CONFIG, [IN_TOTO, OCI_LAYER]],
    [OCI_CONFIG, [OCI_LAYER, 'text/spdx']],
    [OCI_CONFIG, ['application/vnd.erofs.layer.v1']],
    [OCI_CONFIG, [`${OCI_LAYER}+gzip+encrypted`]],
    [OCI_CONFIG, ['application/vnd.oci.image.layer.nydus.blob.v1']],
    [OCI_CONFIG, ['application/vnd.oci.image.layer.v1.squashfs']],
    ['application/octet-stream', [DOCKER_LAYER_GZIP]],
    ['', [OCI_LAYER]],
  ])('config %s with layers %j is an image', (configType, layerTypes) => {
    expect(isImage(configType, layerTypes)).toBe(true);
  });

  test('an image may have an artifact type', () => {
    expect(isImage(OCI_CONFIG, [OCI_LAYER], 'application/vnd.example')).toBe(true);
  });

  test.each([
    ['an attestation of BuildKit', OCI_CONFIG, [IN_TOTO, IN_TOTO], undefined],
    ['a signature of cosign', OCI_CONFIG, ['application/vnd.dev.cosign.simplesigning.v1+json'], undefined],
    ['an artifact', OCI_EMPTY, [OCI_LAYER], 'application/vnd.example'],
    ['an artifact without type', OCI_EMPTY, [OCI_LAYER], undefined],
    ['a Helm chart', 'application/vnd.cncf.helm.config.v1+json', ['application/x'], undefined],
    ['a docker plugin', 'application/vnd.docker.plugin.v1+json', [DOCKER_LAYER_GZIP], undefined],
    ['an SBOM of cosign', OCI_CONFIG, ['text/spdx'], undefined],
    ['an attestation of cosign', OCI_CONFIG, ['application/vnd.dsse.envelope.v1+json'], undefined],
    [
      'a model of Ollama',
      DOCKER_CONFIG,
      ['application/vnd.ollama.image.model', 'application/vnd.ollama.image.license'],
      undefined,
    ],
    ['an artifact with a vague config', 'application/json', [OCI_LAYER], 'application/vnd.example'],
  ])('%s is not an image', (_, configType, layerTypes, artifactType) => {
    expect(isImage(configType, layerTypes, artifactType)).toBe(false);
  });
});
