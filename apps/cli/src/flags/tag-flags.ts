import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { usageError } from '../command-error.js';

/** Returns the values of `--tag` as docker shows them; undefined without any. Throws ERR_LAYERS_USAGE. */
export function tagFlags(tags: readonly string[] | undefined): readonly string[] | undefined {
  if (tags === undefined) return undefined;
  return [...new Set(tags.map(tagOf))];
}

function tagOf(text: string): string {
  const reference = tryParseReference(text);
  if (reference !== undefined && reference.digest === undefined) {
    return familiarReference(withDefaultTag(reference));
  }
  throw usageError(
    `${JSON.stringify(text)} is not a valid image name`,
    'write [registry/]name[:tag] in lower case, such as app:1.0',
  );
}
