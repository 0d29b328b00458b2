import { statSync } from 'node:fs';
import { isLayersError, LayersError, withContext } from '@layers/errors';
import { decompressStream } from '../compression/decompress-stream.js';
import { type Compression, SNIFF_BYTES, sniffCompression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import { openFileBytes } from '../io/file-bytes.js';
import { peekStream, streamFile } from '../io/streams.js';
import { reading } from '../io/system-errors.js';
import { createUsage, DEFAULT_LIMITS, type Limits } from '../rootfs/limits.js';
import type { ArchiveReader } from './archive/archive-reader.js';
import { type ArchiveState, archiveState, checkArchiveState } from './archive/archive-state.js';
import { createFileArchiveReader } from './archive/file-archive-reader.js';
import { createLayoutReader } from './archive/layout-reader.js';
import type { ImageChoice, SourceInfo } from './archive/source-info.js';
import { describeImages } from './describe/describe.js';
import type { ArtifactDescription, ImageDescription, UnreadableImage } from './describe/description.js';
import { imageChoices } from './describe/select-image.js';
import { type FingerprintKey, processFingerprintKey } from './layers/fingerprint.js';
import { compressionOfRange } from './layers/index-layer.js';
import { type ContentKind, contentKind } from './other-content/content-kind.js';
import { MAGIC_BYTES } from './other-content/magic-numbers.js';

/**
 * The source of an archive: a path, or a stream with a name for messages in `path`. A stream must not reuse the
 * memory of its chunks.
 */
export type ArchiveInput =
  | { readonly path: string }
  | {
      readonly stream: AsyncIterable<Uint8Array>;
      readonly path: string;
      /** The format in documents, for a stream that is made of the files of a registry. */
      readonly format?: 'registry' | undefined;
    };

/** Options for reading the layers of an image. */
export interface LayerOptions {
  /** The maximal number of worker threads. Default: one for each core. */
  readonly threads?: number | undefined;
  /** Limits of memory. Default: suitable for the largest real images. */
  readonly limits?: Limits | undefined;
  /** Cancels the work: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Called repeatedly during the work. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface ReadOptions extends LayerOptions {
  /** Computes every digest, even if that requires reading more bytes. */
  readonly verify?: boolean | undefined;
}

/** How much of the input has been read. */
export interface Progress {
  /** Bytes read so far. */
  readonly doneBytes: number;
  /** Bytes to read in total; null where unknown. */
  readonly totalBytes: number | null;
}

/** An archive or layout whose documents have been read. */
export interface Archive {
  readonly source: SourceInfo;
  readonly images: readonly ImageDescription[];
  /** Images whose documents cannot be read. */
  readonly unreadable: readonly UnreadableImage[];
  /** What the documents describe beside images. */
  readonly artifacts: readonly ArtifactDescription[];
  readonly choices: readonly ImageChoice[];
  readonly findings: readonly Finding[];
  readonly reader: ArchiveReader;
  /** Reads a compressed archive a second time, uncompressed. Null for a pipe, and where the reader is seekable. */
  readonly reopen: (() => AsyncIterable<Uint8Array>) | null;
  /** Throws ERR_LAYERS_INPUT_CHANGED where the file of the archive changed after it was opened. */
  readonly checkUnchanged: () => void;
  /** The key of all fingerprints in this process, so that contents can be compared across archives. */
  readonly fingerprintKey: FingerprintKey;
}

/**
 * Opens an archive, compressed or not, an OCI layout or a pipe, and describes its images. Recognises the format by
 * content. Walks the headers of a seekable archive; reads a stream to its end, in one pass.
 *
 * Throws ERR_LAYERS_READ, ERR_LAYERS_NOT_AN_IMAGE, ERR_LAYERS_TAR_*, and the errors of compressions and documents,
 * each with the name of the archive.
 */
export async function openArchive(input: ArchiveInput, options: ReadOptions = {}): Promise<Archive> {
  const opened = await openArchiveReader(input, options);
  try {
    return describeArchive(opened);
  } catch (error) {
    throw withContext(error, { archive: input.path });
  }
}

/** An archive whose files are known, but whose documents have not been read. */
export interface OpenedArchive {
  readonly input: ArchiveInput;
  readonly reader: ArchiveReader;
  /** The state of the file before it was read; null for anything but a file. */
  readonly state: ArchiveState | null;
  readonly fingerprintKey: FingerprintKey;
}

/** The first half of `openArchive`: lists the files. Throws its errors, except those of documents. */
export async function openArchiveReader(
  input: ArchiveInput,
  options: ReadOptions = {},
): Promise<OpenedArchive> {
  const fingerprintKey = processFingerprintKey();
  const head = createHead(input);
  const state = 'stream' in input ? null : archiveState(input.path);
  try {
    const reader = await createReader(input, options, fingerprintKey, head);
    if (reader.bytes === 0) throw emptyInput();
    // The first bytes of many file systems are zeros, as those of an empty tar.
    if (reader.medium === 'archive' && isEmpty(reader.names())) {
      const kind = contentKind(head.bytes());
      if (kind !== null) throw notAnImage(kind, head.compression);
    }
    return { input, reader, state, fingerprintKey };
  } catch (error) {
    throw withContext(explainFirstHeader(error, head), { archive: input.path });
  }
}

function emptyInput(): LayersError {
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', 'the input is empty', {
    hint: 'if it comes from a pipe, the command that writes it may have failed',
  });
}

/** Input without one valid tar header is something else, not a damaged tar. */
function explainFirstHeader(error: unknown, head: Head): unknown {
  if (!isLayersError(error) || error.file !== undefined) return error;
  const isOther = error.code === 'ERR_LAYERS_NOT_A_TAR';
  if (error.offset !== 0 && !isOther) return error;
  if (!isOther && error.code !== 'ERR_LAYERS_TAR_CHECKSUM' && error.code !== 'ERR_LAYERS_TAR_TRUNCATED')
    return error;
  return notAnImage(contentKind(head.bytes()), head.compression, error);
}

function notAnImage(
  kind: ContentKind | null,
  compression: Compression | null,
  cause?: LayersError,
): LayersError {
  const compressed = compression === null ? '' : `, compressed with ${compression}`;
  const what = kind === null ? '' : `, but ${kind.name}${compressed}`;
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', `the input is not a tar or image archive${what}`, {
    cause,
    hint: kind?.advice ?? 'an image archive comes from docker save, skopeo copy or a builder',
  });
}

function isEmpty(names: Iterable<string>): boolean {
  for (const _ of names) return false;
  return true;
}

/** The first bytes of an input, decompressed, for the explanation of an error. */
interface Head {
  readonly compression: Compression | null;
  bytes(): Uint8Array;
  /** Keeps the first bytes of a stream that passes. */
  keep(stream: AsyncIterable<Uint8Array>, compression: Compression | null): AsyncIterable<Uint8Array>;
}

function createHead(input: ArchiveInput): Head {
  const pieces: Uint8Array[] = [];
  let kept: { readonly compression: Compression | null } | null = null;
  return {
    get compression() {
      return kept?.compression ?? null;
    },
    bytes() {
      if (kept !== null) return Buffer.concat(pieces);
      const file = openFileBytes(input.path);
      try {
        const bytes = new Uint8Array(MAGIC_BYTES);
        return bytes.subarray(0, file.read(bytes, 0));
      } finally {
        file.close();
      }
    },
    async *keep(stream, compression) {
      kept = { compression };
      let length = 0;
      for await (const chunk of stream) {
        if (length < MAGIC_BYTES) {
          const piece = new Uint8Array(chunk.subarray(0, MAGIC_BYTES - length));
          pieces.push(piece);
          length += piece.length;
        }
        yield chunk;
      }
    },
  };
}

/** Returns the archive of a reader, such as one of documents that are not in a file. Throws the errors of documents. */
export function archiveOf(reader: ArchiveReader, path: string): Archive {
  try {
    return describeArchive({ input: { path }, reader, state: null, fingerprintKey: processFingerprintKey() });
  } catch (error) {
    throw withContext(error, { archive: path });
  }
}

/** The second half of `openArchive`: reads the documents. Throws their errors. */
export function describeArchive({ input, reader, state, fingerprintKey }: OpenedArchive): Archive {
  const { format, variant, images, unreadable, artifacts, findings } = describeImages(reader);
  const { compression, bytes } = reader;
  return {
    source: { path: input.path, format, variant, compression, sizeBytes: bytes },
    images,
    unreadable,
    artifacts,
    choices: imageChoices(images, unreadable, artifacts),
    findings: [...reader.findings, ...findings],
    reader,
    reopen: reopenerOf(input, reader),
    checkUnchanged: () => checkArchiveState(input.path, state),
    fingerprintKey,
  };
}

function reopenerOf(input: ArchiveInput, reader: ArchiveReader): Archive['reopen'] {
  const { compression } = reader;
  if ('stream' in input || reader.seekable || compression === null) return null;
  return () => decompressStream(streamFile(input.path), compression);
}

async function createReader(
  input: ArchiveInput,
  options: ReadOptions,
  key: FingerprintKey,
  head: Head,
): Promise<ArchiveReader> {
  if ('stream' in input) return readStream(input.stream, null, options, key, head, input.format);
  const stat = reading(input.path, () => statSync(input.path));
  if (stat.isDirectory()) return createLayoutReader(input.path);
  if (!stat.isFile()) return readStream(streamFile(input.path), null, options, key, head);
  if (compressionOfRange({ path: input.path, offset: 0, length: stat.size }) === null)
    return createFileArchiveReader(input.path);
  return readStream(streamFile(input.path), stat.size, options, key, head);
}

async function readStream(
  stream: AsyncIterable<Uint8Array>,
  totalBytes: number | null,
  options: ReadOptions,
  fingerprintKey: FingerprintKey,
  kept: Head,
  format?: 'registry',
): Promise<ArchiveReader> {
  let doneBytes = 0;
  const counted = count(stream, (bytes) => {
    doneBytes += bytes;
    options.onProgress?.({ doneBytes, totalBytes });
    options.signal?.throwIfAborted();
  });
  const { head, chunks } = await peekStream(counted, SNIFF_BYTES);
  const compression = sniffCompression(head);
  // Loaded only for a stream, so that commands on files start faster.
  const [{ createStreamArchiveReader }, { TailLimit }] = await Promise.all([
    import('./archive/stream-archive-reader.js'),
    import('./archive/bounded-tail.js'),
  ]);
  const digests = options.verify ? (['sha256'] as const) : [];
  const tail = new TailLimit();
  const source = compression === null ? chunks : decompressStream(tail.limit(chunks), compression);
  return createStreamArchiveReader(kept.keep(source, compression), {
    compression,
    layerOptions: {
      storedDigests: digests,
      tarDigests: digests,
      fingerprintKey,
      limits: options.limits ?? DEFAULT_LIMITS,
      usage: createUsage(),
      checksum: options.verify ?? false,
    },
    medium: format,
    bytes: () => (format === undefined ? doneBytes : null),
    onChunk: (isAfterEnd) => tail.note(isAfterEnd),
  });
}

async function* count(
  stream: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    onBytes(chunk.length);
    yield chunk;
  }
}
