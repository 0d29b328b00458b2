import type { ReadImage } from '@layers/core/image';
import { OCI_MANIFEST, parseJson, parseManifest } from '@layers/core/oci';

/** The manifest of the input image. */
export interface OriginalManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Returns the image's manifest from the archive; null if there is none. */
export function originalManifest({ archive, description }: ReadImage): OriginalManifest | null {
  const name = description.manifestName;
  const file = name === null ? null : archive.reader.find(name);
  if (name === null || file === null) return null;
  const bytes = archive.reader.read(file);
  const { mediaType, annotations } = parseManifest(parseJson(bytes, name), name);
  return { bytes, mediaType: mediaType ?? OCI_MANIFEST, annotations };
}

/** Annotations that name the base image, which do not apply to changed layers (OCI annotations.md). */
const BASE = /^org\.opencontainers\.image\.base\./;

/** Returns the annotations that still apply after layers have changed. */
export function annotationsToKeep(manifest: OriginalManifest | null): ReadonlyMap<string, string> {
  return new Map([...(manifest?.annotations ?? [])].filter(([name]) => !BASE.test(name)));
}
