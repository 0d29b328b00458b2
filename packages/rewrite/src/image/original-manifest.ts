import type { ReadImage } from '@layers/core/image';
import { OCI_MANIFEST, parseJson, parseManifest } from '@layers/core/oci';

/** The manifest that an image came with. */
export interface OriginalManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** The image's manifest as it lies in the archive; null where it has none. */
export function originalManifest({ archive, description }: ReadImage): OriginalManifest | null {
  const name = description.manifestName;
  const member = name === null ? null : archive.members.find(name);
  if (name === null || member === null) return null;
  const bytes = archive.members.read(member);
  const { mediaType, annotations } = parseManifest(parseJson(bytes, name), name);
  return { bytes, mediaType: mediaType ?? OCI_MANIFEST, annotations };
}

/** What names the image below, which an image with other layers no longer has (OCI annotations.md). */
const BASE = /^org\.opencontainers\.image\.base\./;

/** The annotations that still hold where layers have changed. */
export function annotationsToKeep(manifest: OriginalManifest | null): ReadonlyMap<string, string> {
  return new Map([...(manifest?.annotations ?? [])].filter(([name]) => !BASE.test(name)));
}
