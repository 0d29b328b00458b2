import { statSync } from 'node:fs';
import { type Compression, decompressStream, SNIFF_BYTES, sniffCompression } from '@layers/core/compression';
import { type Archive, openArchive, type ReadOptions } from '@layers/core/image';
import { openFileBytes, peekStream, spoolStream, streamFile } from '@layers/core/io';
import type { Input } from './open-input.js';
import { renamed } from './spool-input.js';

/** Whether an input can be read only from start to end: a pipe, or an archive that is compressed as a whole. */
export function isReadOnce({ source }: Input): boolean {
  if ('stream' in source) return true;
  if ('reference' in source || statSync(source.path, { throwIfNoEntry: false })?.isFile() !== true)
    return false;
  const file = openFileBytes(source.path);
  try {
    const head = new Uint8Array(SNIFF_BYTES);
    return sniffCompression(head.subarray(0, file.read(head, 0))) !== null;
  } finally {
    file.close();
  }
}

/**
 * Works with the archive of an input that passes once, which is inflated into a temporary file meanwhile: nothing of it
 * is inflated twice. The file is removed in the end, also where a signal ends the process.
 *
 * @param folder where the temporary file lies
 * @throws LayersError ERR_LAYERS_SPOOL and what opening throws; errors name the input in place of the temporary file
 */
export async function withUnpacked<Result>(
  { source }: Input,
  folder: string,
  options: ReadOptions,
  work: (archive: Archive) => Promise<Result>,
): Promise<Result> {
  let remove = () => {};
  let spooled: string | undefined;
  const passed: Passed = { bytes: 0, compression: null };
  try {
    const chunks = inflated(counted(source, passed, options), passed);
    const spool = await spoolStream(
      chunks,
      (created) => {
        remove = created.remove;
        spooled = created.path;
      },
      folder,
    );
    const archive = await openArchive({ path: spool.path }, options);
    const { bytes, compression } = passed;
    return await work({
      ...archive,
      source: { ...archive.source, path: source.path, sizeBytes: bytes, compression },
    });
  } catch (error) {
    throw renamed(error, spooled, source.path);
  } finally {
    remove();
  }
}

/** Facts of an input that are known after reading it. */
interface Passed {
  bytes: number;
  compression: Compression | null;
}

async function* counted(
  source: Input['source'],
  passed: Passed,
  { onProgress, signal }: ReadOptions,
): AsyncGenerator<Uint8Array> {
  const isStream = 'stream' in source;
  const totalBytes = isStream ? null : statSync(source.path).size;
  for await (const chunk of isStream ? source.stream : streamFile(source.path)) {
    signal?.throwIfAborted();
    passed.bytes += chunk.length;
    onProgress?.({ doneBytes: passed.bytes, totalBytes });
    yield chunk;
  }
}

async function* inflated(chunks: AsyncGenerator<Uint8Array>, passed: Passed): AsyncGenerator<Uint8Array> {
  const { head, chunks: all } = await peekStream(chunks, SNIFF_BYTES);
  passed.compression = sniffCompression(head);
  yield* passed.compression === null ? all : decompressStream(all, passed.compression);
}
