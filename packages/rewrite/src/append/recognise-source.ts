import { decompressStream, SNIFF_BYTES, sniffCompression } from '@layers/core/compression';
import { readHead } from '@layers/core/io';
import { LayersError, withContext } from '@layers/errors';
import { isTarHeader } from '@layers/tar';
import { BLOCK_BYTES } from '@layers/tar/internal';
import type { Addition } from './append-options.js';
import { type FileIdentity, identityOf, pathText, readUnchanged, statSource } from './file-identity.js';
import type { TarFile } from './scan-tar.js';

/** The type of an addition's source. */
export type Source =
  | { readonly kind: 'directory' }
  | { readonly kind: 'tar'; readonly tar: TarFile }
  | { readonly kind: 'file' };

/**
 * Recognises a source by its content.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_USAGE for what is neither file nor directory; the errors of
 *   compressions, for damaged compressed data
 */
export async function recogniseSource({ source, extract = true }: Addition): Promise<Source> {
  const stat = statSource(source);
  if (stat.isDirectory()) return { kind: 'directory' };
  if (!stat.isFile()) {
    throw new LayersError('ERR_LAYERS_USAGE', `${source} is neither a file nor a directory`, {
      archive: source,
      hint: 'save the contents of a pipe to a file first',
    });
  }
  const identity = identityOf(stat);
  if (!extract || identity.size < SNIFF_BYTES) return { kind: 'file' };
  const compression = sniffCompression(await readHead(storedBytes(source, identity), SNIFF_BYTES));
  const bytes = storedBytes(source, identity);
  try {
    const block = await readHead(
      compression === null ? bytes : decompressStream(bytes, compression),
      BLOCK_BYTES,
    );
    return isTarHeader(block)
      ? { kind: 'tar', tar: { path: source, compression, identity } }
      : { kind: 'file' };
  } catch (error) {
    throw withContext(error, { archive: pathText(source) });
  }
}

async function* storedBytes(path: string, identity: FileIdentity): AsyncGenerator<Uint8Array> {
  yield* readUnchanged(path, identity, { follow: true });
}
