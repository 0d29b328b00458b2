import { type Compression, decompressStream, SNIFF_BYTES, sniffCompression } from '@layers/core/compression';
import type { TailLimit } from '@layers/core/image';
import { peekStream, streamFile } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { identityOf, readUnchanged, statSource } from '@layers/rewrite/append';

/** The tar of a root file system. A path may be that of a pipe, which can be read once, like a stream. */
export type RootfsInput =
  | { readonly path: string }
  | {
      readonly stream: AsyncIterable<Uint8Array>;
      /** The name in errors. Default: `standard input`. */
      readonly name?: string | undefined;
    };

/** An input whose first bytes are known. */
export interface OpenedRootfs {
  /** The name in errors. */
  readonly name: string;
  readonly compression: Compression | null;
  /** The size of the uncompressed tar in bytes; null if unknown before it is read. */
  readonly tarBytes: number | null;
  /**
   * Yields the uncompressed tar. A chunk is valid until the next one. A pipe or stream can be read once.
   *
   * @param tail ends compressed data after the end of the tar
   */
  tar(tail: TailLimit): AsyncIterable<Uint8Array>;
}

/**
 * Reads the first bytes of an input. Each call of `tar` reads a file again; a stream is opened now.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NOT_A_ROOTFS for a directory. `tar` throws the errors of compressions,
 *   ERR_LAYERS_INPUT_CHANGED, and ERR_LAYERS_NEEDS_FILE if a stream is read a second time
 */
export async function openRootfs(input: RootfsInput): Promise<OpenedRootfs> {
  if ('stream' in input) return openStream(input.stream, input.name ?? 'standard input');
  const { path } = input;
  const stat = statSource(path);
  if (stat.isDirectory()) {
    throw new LayersError('ERR_LAYERS_NOT_A_ROOTFS', `${path} is a directory, not a tar archive`, {
      archive: path,
      hint: `use a tar of it, as tar -C ${path} -c . writes`,
    });
  }
  if (!stat.isFile()) return openStream(streamFile(path), path);
  const identity = identityOf(stat);
  const bytes = (): Iterable<Uint8Array> => readUnchanged(path, identity, { follow: true });
  const head = new Uint8Array(Math.min(SNIFF_BYTES, identity.size));
  for (const chunk of bytes()) {
    head.set(chunk.subarray(0, head.length));
    break;
  }
  const compression = sniffCompression(head);
  return {
    name: path,
    compression,
    tarBytes: compression === null ? identity.size : null,
    tar: (tail) => decompressed(asStream(bytes()), compression, tail),
  };
}

async function openStream(stream: AsyncIterable<Uint8Array>, name: string): Promise<OpenedRootfs> {
  const { head, chunks } = await peekStream(stream, SNIFF_BYTES);
  const compression = sniffCompression(head);
  let isOpened = false;
  async function* readOnce(): AsyncGenerator<Uint8Array> {
    if (isOpened) {
      throw new LayersError('ERR_LAYERS_NEEDS_FILE', `${name} is a stream, which can be read only once`, {
        archive: name,
        hint: 'write it to a file, and import the file',
      });
    }
    isOpened = true;
    yield* chunks;
  }
  return { name, compression, tarBytes: null, tar: (tail) => decompressed(readOnce(), compression, tail) };
}

async function* asStream(bytes: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

function decompressed(
  bytes: AsyncIterable<Uint8Array>,
  compression: Compression | null,
  tail: TailLimit,
): AsyncIterable<Uint8Array> {
  return compression === null ? bytes : decompressStream(tail.limit(bytes), compression);
}
