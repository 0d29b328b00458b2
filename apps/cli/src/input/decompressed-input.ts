import { type Compression, decompressStream, SNIFF_BYTES, sniffCompression } from '@layers/core/compression';
import {
  type Archive,
  compressionOf,
  openArchive,
  type ReadOptions,
  TailLimit,
  withBoundedTail,
} from '@layers/core/image';
import {
  fileSource,
  pathStatus,
  peekStream,
  type Spool,
  type SyncByteSource,
  spoolStream,
  whileUnchanged,
} from '@layers/core/io';
import { withContext } from '@layers/errors';
import type { Input } from './open-input.js';
import type { Resources } from './resources.js';
import { asStreamed, renamed } from './spool-input.js';

/** Whether an input can be read only from start to end: a pipe, or an archive that is compressed as a whole. */
export function isReadOnce({ source }: Input): boolean {
  if ('stream' in source) return true;
  if ('reference' in source || pathStatus(source.path)?.isFile() !== true) return false;
  return compressionOf(fileSource(source.path)) !== null;
}

/**
 * Opens an input that can be read only once: decompresses it into a temporary file, so that nothing is decompressed
 * twice. The file is removed with the resources, also where a signal ends the process.
 *
 * @param folder the directory of the temporary file
 * @throws LayersError ERR_LAYERS_SPOOL and what opening throws; errors name the input in place of the temporary file
 */
export async function openDecompressed(
  { source }: Input,
  folder: string,
  options: ReadOptions,
  resources: Resources,
): Promise<Archive> {
  const passed: Passed = { bytes: 0, compression: null };
  const tail = new TailLimit();
  const chunks = named(source.path, inflated(tail.limit(counted(source, passed, options)), passed));
  const onCreate = (created: Spool): void => {
    resources.defer(created.remove);
    resources.explainWith((error) => renamed(error, created.path, source.path));
  };
  const spool = await spoolStream(
    withBoundedTail(chunks, (isAfterEnd) => tail.note(isAfterEnd)),
    onCreate,
    folder,
  );
  const archive = await openArchive({ path: spool.path }, options);
  const { bytes, compression } = passed;
  const read = { ...archive, source: { ...archive.source, sizeBytes: bytes, compression } };
  return asStreamed(read, source);
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
  const [chunks, totalBytes] =
    'stream' in source ? ([source.stream, null] as const) : bytesOfFile(fileSource(source.path));
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    passed.bytes += chunk.length;
    onProgress?.({ doneBytes: passed.bytes, totalBytes });
    yield chunk;
  }
}

function bytesOfFile(file: SyncByteSource): readonly [AsyncGenerator<Uint8Array>, number] {
  return [whileUnchanged(file, file.stream()), file.size];
}

/** Adds the name of the input to the errors of a stream. */
async function* named(archive: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw withContext(error, { archive });
  }
}

async function* inflated(chunks: AsyncGenerator<Uint8Array>, passed: Passed): AsyncGenerator<Uint8Array> {
  const { head, chunks: all } = await peekStream(chunks, SNIFF_BYTES);
  passed.compression = sniffCompression(head);
  yield* passed.compression === null ? all : decompressStream(all, passed.compression);
}
