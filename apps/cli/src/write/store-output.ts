import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import { usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { storeReference } from '../input/image-name.js';
import type { Output } from './write-output.js';

/** The local store as output, with the name of the image. */
export interface StoreOutput extends Output {
  /** The image's name with its tag, as docker shows it. */
  readonly store: string;
}

export function isStoreOutput(output: Output): output is StoreOutput {
  return 'store' in output;
}

/**
 * Parses the output `store:NAME`; returns null for other outputs.
 *
 * @throws LayersError ERR_LAYERS_USAGE for an invalid name, and for a format
 */
export function storeOutput(name: string | undefined, format: OutputFormat | undefined): StoreOutput | null {
  const text = name === undefined ? null : storeReference(name);
  if (text === null) return null;
  const reference = tryParseReference(text);
  if (reference === undefined || reference.digest !== undefined) {
    const what =
      text === '' ? 'no image name after store:' : `${JSON.stringify(text)} is not a valid image name`;
    throw usageError(what, 'write store:[registry/]name[:tag] in lower case, such as store:app:1.0');
  }
  if (format !== undefined) throw usageError('store: excludes --format', 'leave out one of them');
  const store = familiarReference(withDefaultTag(reference));
  return { path: `store:${store}`, format: 'oci-dir', compression: null, store };
}
