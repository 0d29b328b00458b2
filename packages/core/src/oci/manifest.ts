import * as v from 'valibot';
import { annotationsSchema, type Descriptor, descriptorSchema } from './descriptor.js';
import { MANIFEST_FIELDS, withFieldNames } from './field-names.js';
import { isIndex } from './media-types.js';
import {
  invalid,
  jsonObject,
  list,
  type Place,
  refuseForeignFields,
  schemaVersion,
  text,
  validate,
} from './validate.js';

/** The fields of an OCI image manifest or docker schema 2 manifest that are used (OCI manifest.md). */
export interface Manifest {
  /** Undefined where the document lacks it, against the specification. */
  readonly schemaVersion: 2 | undefined;
  readonly mediaType: string | undefined;
  readonly artifactType: string | undefined;
  readonly config: Descriptor;
  /** From the base up. */
  readonly layers: readonly Descriptor[];
  /** The manifest that this one refers to, such as the image of a signature. */
  readonly subject: Descriptor | undefined;
  readonly annotations: ReadonlyMap<string, string>;
}

const schema = jsonObject({
  schemaVersion,
  mediaType: v.nullish(text),
  artifactType: v.nullish(text),
  config: descriptorSchema,
  layers: list(descriptorSchema),
  subject: v.nullish(descriptorSchema),
  annotations: v.nullish(annotationsSchema),
});

/**
 * Parses a manifest. `isImageManifest` decides whether it describes an image.
 *
 * @param file the file of the archive, or the blob, named in errors
 * @throws LayersError ERR_LAYERS_MANIFEST with the JSON path; also for a document that is an index too, as tools would
 *   disagree about it (CVE-2021-41190)
 */
export function parseManifest(document: unknown, file: string): Manifest {
  const place: Place = { code: 'ERR_LAYERS_MANIFEST', file };
  const json = withFieldNames(document, MANIFEST_FIELDS);
  const raw = validate(schema, json, place);
  refuseForeignFields(json, ['manifests', 'fsLayers'], place);
  if (raw.mediaType != null && isIndex(raw.mediaType)) {
    throw invalid(place, ['mediaType'], 'says that this image manifest is an index');
  }
  return {
    schemaVersion: raw.schemaVersion ?? undefined,
    mediaType: raw.mediaType ?? undefined,
    artifactType: raw.artifactType ?? undefined,
    config: raw.config,
    layers: raw.layers ?? [],
    subject: raw.subject ?? undefined,
    annotations: raw.annotations ?? new Map(),
  };
}
