import * as v from 'valibot';
import { type Descriptor, descriptorSchema } from './descriptor.js';
import { jsonObject, jsonRecord, list, text, validate } from './validate.js';

/** One image of a docker-archive, as `manifest.json` names it. Paths are file names in the archive, as written. */
export interface DockerManifestEntry {
  readonly configPath: string;
  /** As written; empty for an untagged image. */
  readonly repoTags: readonly string[];
  /** From the base up. */
  readonly layerPaths: readonly string[];
  /** The image id of the parent, where docker knew it. */
  readonly parent: string | undefined;
  /** Descriptors of layers, by what docker 25 and later take for their DiffID. */
  readonly layerSources: ReadonlyMap<string, Descriptor>;
}

const path = v.pipe(v.string('a file name'), v.nonEmpty('a file name'));

const schema = v.array(
  jsonObject({
    Config: path,
    RepoTags: list(text),
    Layers: list(path),
    Parent: v.nullish(text),
    LayerSources: v.nullish(jsonRecord(descriptorSchema)),
  }),
  'an array of images',
);

/**
 * Reads `manifest.json` of a docker-archive. An empty array is no error: docker loads nothing from it.
 *
 * @param file the file of the archive, named in errors
 * @throws LayersError ERR_LAYERS_DOCKER_MANIFEST with the JSON path
 */
export function parseDockerManifest(json: unknown, file: string): readonly DockerManifestEntry[] {
  return validate(schema, json, { code: 'ERR_LAYERS_DOCKER_MANIFEST', file }).map((raw) => ({
    configPath: raw.Config,
    repoTags: raw.RepoTags ?? [],
    layerPaths: raw.Layers ?? [],
    parent: raw.Parent || undefined,
    layerSources: new Map(Object.entries(raw.LayerSources ?? {})),
  }));
}
