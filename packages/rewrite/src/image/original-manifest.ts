import type { Digest } from '@layers/core/digest';
import type { ReadImage } from '@layers/core/image';
import { MANIFEST_FIELDS, OCI_MANIFEST, parseJson, parseManifest, withFieldNames } from '@layers/core/oci';

/** The manifest of the input image. */
export interface OriginalManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations: ReadonlyMap<string, string>;
  /** The fields of the layers' descriptors that do not follow from the blob, by its digest. */
  readonly layerFields: ReadonlyMap<Digest, Readonly<Record<string, unknown>>>;
}

/** Returns the image's manifest from the archive; null if there is none. */
export function originalManifest({
  archive,
  description,
}: Pick<ReadImage, 'archive' | 'description'>): OriginalManifest | null {
  const name = description.manifestName;
  const file = name === null ? null : archive.reader.find(name);
  if (name === null || file === null) return null;
  const bytes = archive.reader.read(file);
  const json = parseJson(bytes, name);
  const { mediaType, annotations, layers } = parseManifest(json, name);
  const raw = rawLayers(json);
  const layerFields = new Map(layers.map(({ digest }, i) => [digest, furtherFields(raw[i])]));
  return { bytes, mediaType: mediaType ?? OCI_MANIFEST, annotations, layerFields };
}

function rawLayers(json: unknown): readonly unknown[] {
  const manifest = withFieldNames(json, MANIFEST_FIELDS);
  const layers: unknown = isRecord(manifest) ? manifest['layers'] : null;
  return Array.isArray(layers) ? layers : [];
}

function furtherFields(descriptor: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(descriptor)) return {};
  const { mediaType: _type, digest: _digest, size: _size, ...further } = descriptor;
  return further;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Annotations that name the base image, which do not apply to changed layers (OCI annotations.md). */
const BASE = /^org\.opencontainers\.image\.base\./;

/** Returns the annotations that still apply after layers have changed. */
export function annotationsToKeep(manifest: OriginalManifest | null): ReadonlyMap<string, string> {
  return new Map([...(manifest?.annotations ?? [])].filter(([name]) => !BASE.test(name)));
}
