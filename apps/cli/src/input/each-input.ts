import { isLayersError, type LayersError } from '@layers/errors';
import { expandFolders } from './folder-names.js';

/** The inputs of a command that reads several. */
export interface InputResults<Result> {
  readonly results: readonly Result[];
  readonly failures: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  /** Files of folders that are not images. */
  readonly skipped: readonly string[];
}

/**
 * Reads inputs one after the other. Replaces folders of archives by what is in them. An input that cannot be read does not hide the
 * others.
 *
 * @param read reads an input, and passes errors of single images to `fail`
 */
export async function readEach<Result>(
  names: readonly string[],
  read: (name: string, fail: (error: LayersError) => void) => Promise<readonly Result[]>,
): Promise<InputResults<Result>> {
  const results: Result[] = [];
  const failures: { path: string; code: string; message: string }[] = [];
  const skipped: string[] = [];
  const failAt =
    (path: string) =>
    ({ code, message }: LayersError): void =>
      void failures.push({ path, code, message });
  for (const { name, isFound } of expandFolders(names)) {
    const fail = failAt(name);
    try {
      results.push(...(await read(name, fail)));
    } catch (error) {
      if (!isLayersError(error)) throw error;
      if (isFound && error.code === 'ERR_LAYERS_NOT_AN_IMAGE') skipped.push(name);
      else fail(error);
    }
  }
  const [first] = names;
  // A folder without any archive is an error, and its own name says which.
  if (first !== undefined && results.length === 0 && failures.length === 0)
    results.push(...(await read(first, failAt(first))));
  return { results, failures, skipped };
}
