import type { ImageDescription } from '@layers/core/image';
import { familiarName, parseJson, tryParseReference } from '@layers/core/oci';

/**
 * Returns what `podman image inspect` and `skopeo inspect` show of an image under names that docker does not have. The names
 * of the config are not among them.
 */
export function otherImageNames(description: ImageDescription): Readonly<Record<string, unknown>> {
  const { config, configBytes, manifestDigest, manifestName, documents, tags, layers } = description;
  const bytes = documents.find(({ kind, name }) => kind === 'digest' && name === manifestName)?.bytes;
  const manifest = bytes === undefined ? {} : membersOf(parseJson(bytes, manifestName ?? 'manifest'));
  const { docker_version: version } =
    configBytes === null ? {} : membersOf(parseJson(configBytes, description.configName ?? 'config'));
  const [tag] = tags;
  const reference = tag === undefined ? undefined : tryParseReference(tag);
  return {
    Name: reference === undefined ? '' : familiarName(reference),
    Digest: manifestDigest ?? '',
    Layers: layers.map(({ digest, diffId }) => digest ?? diffId ?? ''),
    LayersData: layers.map(({ digest, size, file, mediaType }) => ({
      MIMEType: mediaType,
      Digest: digest ?? '',
      Size: size ?? file?.size ?? 0,
    })),
    Annotations: manifest['annotations'] ?? {},
    ManifestType: manifest['mediaType'] ?? '',
    History: config.history,
    Version: typeof version === 'string' ? version : '',
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
