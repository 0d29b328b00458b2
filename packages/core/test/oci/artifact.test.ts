import { describe, expect, test } from 'vitest';
import { artifactOf, artifactText } from '../../src/oci/artifact.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { DOCKER_CONFIG, OCI_CONFIG, OCI_EMPTY, OCI_LAYER_GZIP } from '../../src/oci/media-types.ts';
import { sum } from './documents.ts';

const manifest = (
  configType: string,
  layers: readonly (string | { readonly mediaType: string; readonly title: string })[],
  { artifactType }: { artifactType?: string } = {},
) =>
  parseManifest(
    {
      artifactType,
      config: { mediaType: configType, digest: sum('a'), size: 2 },
      layers: layers.map((layer) => ({
        mediaType: typeof layer === 'string' ? layer : layer.mediaType,
        digest: sum('b'),
        size: 1,
        annotations: typeof layer === 'string' ? {} : { 'org.opencontainers.image.title': layer.title },
      })),
    },
    'm',
  );

describe('the kind of an artifact', () => {
  test.each([
    ['a Helm chart', 'application/vnd.cncf.helm.config.v1+json', ['application/tar+gzip']],
    ['a cosign signature', OCI_CONFIG, ['application/vnd.dev.cosign.simplesigning.v1+json']],
    ['an attestation', OCI_CONFIG, ['application/vnd.dsse.envelope.v1+json']],
    ['an SBOM', OCI_CONFIG, ['text/spdx']],
    ['an SBOM', OCI_CONFIG, ['application/vnd.cyclonedx+xml']],
    ['an SBOM', OCI_CONFIG, ['application/vnd.syft+json']],
    ['a WebAssembly module', 'application/vnd.wasm.config.v0+json', ['application/wasm']],
    ['a machine learning model', 'application/vnd.docker.ai.model.config.v0.1+json', ['application/x']],
    ['a machine learning model', DOCKER_CONFIG, ['application/vnd.ollama.image.model']],
    ['a BuildKit cache', 'application/vnd.buildkit.cacheconfig.v0', [OCI_LAYER_GZIP]],
    ['a Docker plugin', 'application/vnd.docker.plugin.v1+json', [OCI_LAYER_GZIP]],
    ['a Singularity image', 'application/vnd.sylabs.sif.config.v1+json', ['application/x']],
    ['an artifact', 'application/vnd.example+json', ['application/x']],
  ])('is %s for the config type %s', (kind, configType, layers) => {
    expect(artifactOf(manifest(configType, layers))).toMatchObject({ kind });
  });

  test('is that of the artifact type, even where the config is empty', () => {
    const options = { artifactType: 'application/vnd.cncf.notary.signature' };
    expect(artifactOf(manifest(OCI_EMPTY, ['application/jose+json'], options))).toMatchObject({
      kind: 'a Notation signature',
      type: 'application/vnd.cncf.notary.signature',
    });
  });

  test('is ORAS where layers are files with names, and the config is {}', () => {
    const layer = { mediaType: OCI_LAYER_GZIP, title: 'hello.txt' };
    const artifact = artifactOf(manifest(OCI_CONFIG, [layer]), true);
    expect(artifact).toEqual({ kind: 'an artifact of ORAS', type: '', layers: [layer] });
    expect(artifactOf(manifest(OCI_CONFIG, [layer]))).toBeNull();
  });
});

test('the text of an artifact has its types, shortened', () => {
  const types = ['a/1', 'a/2', 'a/2', 'a/3', 'a/4'];
  const artifact = artifactOf(manifest(`x/${'y'.repeat(1000)}`, types));
  expect(artifact === null ? '' : artifactText(artifact)).toBe(
    `an artifact of the type x/${'y'.repeat(148)}; its layers have the type a/1, a/2, a/3, …`,
  );
});
