import type { ImageDescription } from '@layers/core/image';
import { familiarName, parseJson, tryParseReference } from '@layers/core/oci';

/**
 * Returns what `podman image inspect` and `skopeo inspect` show of an image under names that docker does not have. The names
 * of the config are not among them.
 */
export function otherImageNames(description: ImageDescription): Readonly<Record<string, unknown>> {
  const { config, manifestDigest, manifestName, documents, tags, layers } = description;
  const bytes = documents.find(({ kind, name }) => kind === 'digest' && name === manifestName)?.bytes;
  const manifest = bytes === undefined ? {} : membersOf(parseJson(bytes, manifestName ?? 'manifest'));
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
    History: config.history.map(({ created, createdBy, comment, emptyLayer }) => ({
      created,
      created_by: createdBy,
      comment,
      empty_layer: emptyLayer === true ? true : undefined,
    })),
    Version: '',
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
