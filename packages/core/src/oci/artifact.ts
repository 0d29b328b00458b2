import { IMAGE_TITLE } from './annotations.js';
import type { Manifest } from './manifest.js';
import { essenceOf, isConfig } from './media-types.js';

/** What a manifest describes that is not a container image. */
export interface Artifact {
  /** With its article: `a Helm chart`. */
  readonly kind: string;
  /** The declared type: that of the artifact, else the media type of the config. Empty where none is declared. */
  readonly type: string;
  readonly layers: readonly ArtifactLayer[];
}

export interface ArtifactLayer {
  readonly mediaType: string;
  /** The name of the file; empty where none is declared. */
  readonly title: string;
}

/** A kind of artifact, by the beginning of a type. */
interface KnownArtifact {
  readonly kind: string;
  readonly types: readonly string[];
}

/** Types of artifacts and of their configs. */
const KNOWN_ARTIFACTS: readonly KnownArtifact[] = [
  { kind: 'a BuildKit cache', types: ['application/vnd.buildkit.cacheconfig.'] },
  { kind: 'a Helm chart', types: ['application/vnd.cncf.helm.'] },
  { kind: 'a Docker plugin', types: ['application/vnd.docker.plugin.'] },
  { kind: 'a Compose project', types: ['application/vnd.docker.compose.'] },
  { kind: 'a Singularity image', types: ['application/vnd.sylabs.sif.'] },
  { kind: 'a Notation signature', types: ['application/vnd.cncf.notary.signature'] },
  { kind: 'a Sigstore bundle', types: ['application/vnd.dev.sigstore.bundle.'] },
  {
    kind: 'a WebAssembly module',
    types: ['application/vnd.wasm.', 'application/wasm', 'application/vnd.module.wasm.'],
  },
  {
    kind: 'a machine learning model',
    types: ['application/vnd.docker.ai.', 'application/vnd.cncf.model.', 'application/vnd.kitops.modelkit.'],
  },
  { kind: 'a policy bundle', types: ['application/vnd.cncf.openpolicyagent.', 'application/vnd.oci.opa.'] },
  { kind: 'a bundle of Flux', types: ['application/vnd.cncf.flux.'] },
  { kind: 'a CNAB bundle', types: ['application/vnd.cnab.'] },
  { kind: 'a Trivy database', types: ['application/vnd.aquasec.trivy.'] },
  { kind: 'a dev container feature', types: ['application/vnd.devcontainers'] },
  { kind: 'a manifest of Docker schema 1', types: ['application/vnd.docker.distribution.manifest.v1+'] },
  {
    kind: 'an SBOM',
    types: ['application/spdx', 'text/spdx', 'application/vnd.cyclonedx', 'application/vnd.syft'],
  },
  { kind: 'an attestation', types: ['application/vnd.in-toto', 'application/vnd.dsse.'] },
];

/** Types of layers. Some artifacts have the config type of images, because registries refused others. */
const KNOWN_LAYERS: readonly KnownArtifact[] = [
  { kind: 'a cosign signature', types: ['application/vnd.dev.cosign.simplesigning.'] },
  { kind: 'an attestation', types: ['application/vnd.dsse.envelope.', 'application/vnd.in-toto'] },
  {
    kind: 'an SBOM',
    types: ['text/spdx', 'application/spdx', 'spdx+', 'application/vnd.cyclonedx', 'application/vnd.syft'],
  },
  { kind: 'a Helm chart', types: ['application/vnd.cncf.helm.chart.'] },
  {
    kind: 'a machine learning model',
    types: ['application/vnd.ollama.image.', 'application/vnd.docker.ai.', 'application/vnd.cncf.model.'],
  },
  {
    kind: 'a WebAssembly module',
    types: ['application/wasm', 'application/vnd.module.wasm.', 'application/vnd.wasm.content.'],
  },
];

/** Media types that registries and old clients use instead of docker's config type. Docker pulls such images. */
const MISTAKEN_CONFIG_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/octet-stream',
  'application/json',
  'text/html',
]);

/**
 * Returns what a manifest describes that is not a container image: a Helm chart, a plugin, an attestation, a signature,
 * anything with an empty config. Returns null for an image, also one with layers that are not tars.
 *
 * @param hasEmptyConfig whether the config is `{}`: older artifacts give it the type of an image's config
 */
export function artifactOf(manifest: Manifest, hasEmptyConfig = false): Artifact | null {
  const { config, layers, artifactType = '' } = manifest;
  const types = layers.map(({ mediaType }) => essenceOf(mediaType));
  const isOtherLayer = (type: string): boolean =>
    /[+/]json$/.test(type) || knownKind(KNOWN_LAYERS, [type]) !== null;
  // An image may have a single layer that is not a tar.
  const hasOtherLayers = types.length > 0 && types.every(isOtherLayer);
  const isImage =
    isConfig(config.mediaType) ||
    (artifactType === '' && MISTAKEN_CONFIG_TYPES.has(essenceOf(config.mediaType)));
  if (isImage && !hasOtherLayers && !hasEmptyConfig) return null;
  const declared = knownKind(KNOWN_ARTIFACTS, [essenceOf(artifactType), essenceOf(config.mediaType)]);
  const described = layers.map(({ mediaType, annotations }) => ({
    mediaType,
    title: annotations.get(IMAGE_TITLE) ?? '',
  }));
  const other = described.some(({ title }) => title !== '') ? 'an artifact of ORAS' : 'an artifact';
  return {
    kind: declared ?? knownKind(KNOWN_LAYERS, types) ?? other,
    // The type of an image says nothing about what is not an image.
    type: artifactType || (isConfig(config.mediaType) ? '' : config.mediaType),
    layers: described,
  };
}

/** Returns an artifact of which only the type is known. */
export function artifactOfType(type: string): Artifact {
  return { kind: knownKind(KNOWN_ARTIFACTS, [essenceOf(type)]) ?? 'an artifact', type, layers: [] };
}

function knownKind(known: readonly KnownArtifact[], types: readonly string[]): string | null {
  for (const type of types) {
    const found = known.find((artifact) => artifact.types.some((start) => type.startsWith(start)));
    if (found !== undefined) return found.kind;
  }
  return null;
}

const MAX_TYPES = 3;
const MAX_TEXT = 150;

/** Completes the sentence "this is not an image, but …". */
export function artifactText({ kind, type, layers }: Artifact): string {
  const types = [...new Set(layers.map(({ mediaType }) => shownType(mediaType)))];
  const listed = types.slice(0, MAX_TYPES).join(', ') + (types.length > MAX_TYPES ? ', …' : '');
  const content = types.length === 0 ? '' : `; its layers have the type ${listed}`;
  return `${kind}${type === '' ? '' : ` of the type ${shownType(type)}`}${content}`;
}

/** Returns a type for a message. An archive may contain text of any length. */
export function shownType(type: string): string {
  return type === '' ? 'unknown' : type.slice(0, MAX_TEXT);
}
