import { type Compression, decompressStream, SNIFF_BYTES, sniffCompression } from '@layers/core/compression';
import { peekStream, streamFile } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import { identityOf, readUnchanged, statSource } from '@layers/rewrite/append';

/** Where a root file system comes from. A path may also be that of a pipe, which passes once as a stream does. */
export type RootfsInput =
  | { readonly path: string }
  | {
      readonly stream: AsyncIterable<Uint8Array>;
      /** What errors call it; default `standard input`. */
      readonly name?: string | undefined;
    };

/** An input that was looked at. */
export interface OpenedRootfs {
  /** As errors call it. */
  readonly name: string;
  readonly compression: Compression | null;
  /** Exact bytes of the tar where they are known before it is read. */
  readonly tarBytes: number | null;
  /** The tar, inflated, in views that hold until the next step. Of what passes once it can be had once. */
  tar(): AsyncIterable<Uint8Array>;
}

/**
 * Looks at the first bytes of an input. A file is read again at each call of `tar`; a stream is begun now.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NOT_A_ROOTFS for a folder. `tar` throws the errors of compressions,
 *   ERR_LAYERS_INPUT_CHANGED, and ERR_LAYERS_NEEDS_FILE where a stream is wanted a second time
 */
export async function openRootfs(input: RootfsInput): Promise<OpenedRootfs> {
  if ('stream' in input) return openStream(input.stream, input.name ?? 'standard input');
  const { path } = input;
  const stat = statSource(path);
  if (stat.isDirectory()) {
    throw new LayersError('ERR_LAYERS_NOT_A_ROOTFS', `${path} is a folder, and a tar is imported`, {
      archive: path,
      hint: `tar -C ${path} -c . | layers import -`,
    });
  }
  if (!stat.isFile()) return openStream(streamFile(path), path);
  const stamp = identityOf(stat);
  const bytes = (): Iterable<Uint8Array> => readUnchanged(path, stamp, { follow: true });
  const head = new Uint8Array(Math.min(SNIFF_BYTES, stamp.size));
  for (const chunk of bytes()) {
    head.set(chunk.subarray(0, head.length));
    break;
  }
  const compression = sniffCompression(head);
  return {
    name: path,
    compression,
    tarBytes: compression === null ? stamp.size : null,
    tar: () => inflated(streamed(bytes()), compression),
  };
}

async function openStream(stream: AsyncIterable<Uint8Array>, name: string): Promise<OpenedRootfs> {
  const { head, chunks } = await peekStream(stream, SNIFF_BYTES);
  const compression = sniffCompression(head);
  let isTaken = false;
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (isTaken) {
      throw new LayersError('ERR_LAYERS_NEEDS_FILE', `${name} passes once, and is wanted twice`, {
        archive: name,
        hint: 'save it in a file, and import that',
      });
    }
    isTaken = true;
    yield* chunks;
  }
  return { name, compression, tarBytes: null, tar: () => inflated(whole(), compression) };
}

async function* streamed(bytes: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

function inflated(
  bytes: AsyncIterable<Uint8Array>,
  compression: Compression | null,
): AsyncIterable<Uint8Array> {
  return compression === null ? bytes : decompressStream(bytes, compression);
}
