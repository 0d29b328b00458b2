import * as v from 'valibot';
import { annotationsSchema, type Descriptor, descriptorSchema } from './descriptor.js';
import { MANIFEST_FIELDS, withFieldNames } from './field-names.js';
import { isManifest } from './media-types.js';
import {
  invalid,
  jsonObject,
  list,
  type OnInvalid,
  type Place,
  refuseForeignFields,
  schemaVersion,
  text,
  validate,
  validateEach,
} from './validate.js';

/** The fields of an OCI index or docker manifest list that are used (OCI image-index.md). */
export interface IndexDocument {
  /** Undefined where the document lacks it, against the specification. */
  readonly schemaVersion: 2 | undefined;
  readonly mediaType: string | undefined;
  readonly artifactType: string | undefined;
  readonly manifests: readonly Descriptor[];
  readonly annotations: ReadonlyMap<string, string>;
}

const schema = jsonObject({
  schemaVersion,
  mediaType: v.nullish(text),
  artifactType: v.nullish(text),
  manifests: list(v.unknown()),
  annotations: v.nullish(annotationsSchema),
});

/**
 * Parses an index: `index.json` of a layout, or a blob. `manifests: null` is an empty list: docker 25 writes it for
 * `save` by id.
 *
 * @param file the file of the archive, or the blob, named in errors
 * @param onInvalid receives the errors of invalid descriptors, which would otherwise be thrown
 * @throws LayersError ERR_LAYERS_INDEX with the JSON path; also for a document that is an image manifest too, as
 *   tools would disagree about it (CVE-2021-41190)
 */
export function parseIndex(document: unknown, file: string, onInvalid?: OnInvalid): IndexDocument {
  const place: Place = { code: 'ERR_LAYERS_INDEX', file };
  const json = withFieldNames(document, MANIFEST_FIELDS);
  const raw = validate(schema, json, place);
  refuseForeignFields(json, ['config', 'layers', 'fsLayers'], place);
  if (raw.mediaType != null && isManifest(raw.mediaType)) {
    throw invalid(place, ['mediaType'], 'says that this index is an image manifest');
  }
  return {
    schemaVersion: raw.schemaVersion ?? undefined,
    mediaType: raw.mediaType ?? undefined,
    artifactType: raw.artifactType ?? undefined,
    manifests: validateEach(
      descriptorSchema,
      raw.manifests ?? [],
      { ...place, keys: ['manifests'] },
      onInvalid,
    ),
    annotations: raw.annotations ?? new Map(),
  };
}
