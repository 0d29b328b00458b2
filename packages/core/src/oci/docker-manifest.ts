import * as v from 'valibot';
import { type Descriptor, descriptorSchema } from './descriptor.js';
import { DOCKER_MANIFEST_FIELDS, withFieldNames } from './field-names.js';
import {
  jsonObject,
  jsonRecord,
  list,
  type OnInvalid,
  type Place,
  text,
  validate,
  validateEach,
} from './validate.js';

/** An image in `manifest.json` of a docker-archive. Paths are names of files in the archive. */
export interface DockerManifestEntry {
  readonly configPath: string;
  /** As in the document; empty for an untagged image. */
  readonly repoTags: readonly string[];
  /** From the base up. */
  readonly layerPaths: readonly string[];
  /** The image id of the parent, if docker knew it. */
  readonly parent: string | undefined;
  /** Descriptors of layers by DiffID, from docker 25 on. */
  readonly layerSources: ReadonlyMap<string, Descriptor>;
}

const path = v.pipe(v.string('a file name'), v.nonEmpty('a file name'));

const schema = v.array(v.unknown(), 'an array of images');

const entrySchema = jsonObject({
  Config: path,
  RepoTags: list(text),
  Layers: list(path),
  Parent: v.nullish(text),
  LayerSources: v.nullish(jsonRecord(descriptorSchema)),
});

/**
 * Parses `manifest.json` of a docker-archive. An empty array is valid: docker loads no image from it.
 *
 * @param file the file of the archive, named in errors
 * @param onInvalid receives the errors of invalid entries, which would otherwise be thrown
 * @throws LayersError ERR_LAYERS_DOCKER_MANIFEST with the JSON path
 */
export function parseDockerManifest(
  json: unknown,
  file: string,
  onInvalid?: OnInvalid,
): readonly DockerManifestEntry[] {
  const place: Place = { code: 'ERR_LAYERS_DOCKER_MANIFEST', file };
  const items = validate(schema, withFieldNames(json, [DOCKER_MANIFEST_FIELDS]), place);
  return validateEach(entrySchema, items, place, onInvalid).map((raw) => ({
    configPath: raw.Config,
    repoTags: raw.RepoTags ?? [],
    layerPaths: raw.Layers ?? [],
    parent: raw.Parent || undefined,
    layerSources: new Map(Object.entries(raw.LayerSources ?? {})),
  }));
}
