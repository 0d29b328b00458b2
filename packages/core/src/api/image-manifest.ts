import type { Digest } from '../digest/digest.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Manifest } from '../oci/manifest.js';
import { isJsonObject } from '../oci/validate.js';
import {
  type JsonObject,
  numberField,
  objectField,
  textField,
  textListField,
  textMapField,
  withoutUndefined,
} from './json-fields.js';

/** The manifest of an image (OCI image-spec manifest.md). Fields without a name in this type are `unknown`. */
export interface ImageManifest {
  readonly schemaVersion?: number | undefined;
  readonly mediaType?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly config: OciDescriptor;
  /** The layers, base first. */
  readonly layers: readonly OciDescriptor[];
  readonly subject?: OciDescriptor | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly [field: string]: unknown;
}

/** A reference to a blob with its declared properties (OCI image-spec descriptor.md). */
export interface OciDescriptor {
  /** Empty where the document declares none. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly urls?: readonly string[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** The content of the blob in base64. */
  readonly data?: string | undefined;
  readonly artifactType?: string | undefined;
  readonly platform?: Readonly<Record<string, unknown>> | undefined;
  readonly [field: string]: unknown;
}

/** Converts a manifest that `parseManifest` accepted. */
export function imageManifestOf(json: unknown, parsed: Manifest): ImageManifest {
  const raw: JsonObject = isJsonObject(json) ? json : {};
  const layers = Array.isArray(raw['layers']) ? raw['layers'] : [];
  const subject = parsed.subject;
  return withoutUndefined<ImageManifest>({
    ...raw,
    schemaVersion: numberField(raw, 'schemaVersion'),
    mediaType: textField(raw, 'mediaType'),
    artifactType: textField(raw, 'artifactType'),
    config: descriptorOf(raw['config'], parsed.config),
    layers: parsed.layers.map((layer, i) => descriptorOf(layers[i], layer)),
    subject: subject === undefined ? undefined : descriptorOf(raw['subject'], subject),
    annotations: textMapField(raw, 'annotations'),
  });
}

function descriptorOf(json: unknown, { mediaType, digest, size }: Descriptor): OciDescriptor {
  const raw: JsonObject = isJsonObject(json) ? json : {};
  return withoutUndefined<OciDescriptor>({
    ...raw,
    mediaType,
    digest,
    size,
    urls: textListField(raw, 'urls'),
    annotations: textMapField(raw, 'annotations'),
    data: textField(raw, 'data'),
    artifactType: textField(raw, 'artifactType'),
    platform: objectField(raw, 'platform'),
  });
}
