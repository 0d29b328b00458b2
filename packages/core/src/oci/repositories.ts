import * as v from 'valibot';
import { isJsonObject, type Place, text, validate } from './validate.js';

/** A tag in the legacy file `repositories`, with the v1 id of its top layer. */
export interface RepositoryTag {
  readonly repository: string;
  readonly tag: string;
  readonly id: string;
}

// valibot's record drops keys such as "constructor", which may be names of images.
const object = v.custom<Record<string, unknown>>(isJsonObject, 'an object');

/**
 * Parses the file `repositories`, which docker wrote beside `manifest.json`, and before version 1.10 instead of it:
 * objects by repository and tag with the v1 id.
 *
 * @param file the file of the archive, named in errors
 * @throws LayersError ERR_LAYERS_REPOSITORIES with the JSON path
 */
export function parseRepositories(json: unknown, file: string): readonly RepositoryTag[] {
  const tags: RepositoryTag[] = [];
  for (const [repository, ids] of Object.entries(validate(object, json, place(file)))) {
    for (const [tag, id] of Object.entries(validate(object, ids, place(file, repository)))) {
      tags.push({ repository, tag, id: validate(text, id, place(file, repository, tag)) });
    }
  }
  return tags;
}

function place(file: string, ...keys: readonly string[]): Place {
  return { code: 'ERR_LAYERS_REPOSITORIES', file, keys };
}
