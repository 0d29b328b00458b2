import * as v from 'valibot';
import { isJsonObject, type Place, text, validate } from './validate.js';

/** One line of the legacy `repositories` file: a tag and the v1 id of the top layer that it names. */
export interface RepositoryTag {
  readonly repository: string;
  readonly tag: string;
  readonly id: string;
}

// Not valibot's record, which drops keys such as "constructor": here keys are names of images.
const object = v.custom<Record<string, unknown>>(isJsonObject, 'an object');

/**
 * Reads the `repositories` file that docker wrote beside, and before 1.10 instead of, `manifest.json`:
 * repository, then tag, then v1 id.
 *
 * @param file the file of the archive, named in errors
 * @throws LayersError ERR_LAYERS_REPOSITORIES with the JSON path
 */
export function parseRepositories(json: unknown, file: string): readonly RepositoryTag[] {
  const tags: RepositoryTag[] = [];
  for (const [repository, below] of Object.entries(validate(object, json, place(file)))) {
    for (const [tag, id] of Object.entries(validate(object, below, place(file, repository)))) {
      tags.push({ repository, tag, id: validate(text, id, place(file, repository, tag)) });
    }
  }
  return tags;
}

function place(file: string, ...keys: readonly string[]): Place {
  return { code: 'ERR_LAYERS_REPOSITORIES', file, keys };
}
