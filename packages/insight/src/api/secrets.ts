import type { Image } from '@layers/core';
import { readingOf } from '@layers/core/api';
import type { SecretsDocument } from '../secrets/document.js';
import { type SecretsOptions, secretsDocument } from '../secrets/find-secrets.js';

/**
 * Finds private keys, tokens and passwords in an image: in the files of all layers, also in those that later layers
 * remove, and in its config, history and annotations. The result contains no secret.
 *
 * @param options `rules` replaces the built-in rules; `baseline` leaves out what an earlier scan found
 * @throws LayersError as `inspectImage`; ERR_LAYERS_NEEDS_FILE for an image from a stream
 *
 * @example
 * ```ts
 * const { secrets } = await findSecrets(await openImage('image.tar'));
 * for (const { rule, place } of secrets) if (place.kind === 'file') console.log(rule, place.path, place.isVisible);
 * ```
 */
export async function findSecrets(image: Image, options: SecretsOptions = {}): Promise<SecretsDocument> {
  return secretsDocument(await readingOf(image).analyse(options), options);
}
