import { withContext } from '@layers/errors';
import { openPath } from '#core/io/directory.js';
import { streamFile } from '#core/io/stream-file.js';
import { decompressStream } from '../compression/decompress-stream.js';
import { SNIFF_BYTES, sniffCompression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import type { ByteSource } from '../io/byte-source.js';
import type { Directory } from '../io/directory.js';
import { peekStream } from '../io/streams.js';
import { checkUnchanged } from '../io/unchanged.js';
import { createUsage, DEFAULT_LIMITS, type Limits } from '../rootfs/limits.js';
import type { ArchiveReader } from './archive/archive-reader.js';
import { createFileArchiveReader } from './archive/file-archive-reader.js';
import { createLayoutReader } from './archive/layout-reader.js';
import type { ImageChoice, SourceInfo } from './archive/source-info.js';
import type { LayerCache } from './cache/layer-cache.js';
import { describeImages } from './describe/describe.js';
import type { ArtifactDescription, ImageDescription, UnreadableImage } from './describe/description.js';
import { imageChoices } from './describe/select-image.js';
import { createHead, type Head } from './input-head.js';
import { type FingerprintKey, processFingerprintKey } from './layers/fingerprint.js';
import { compressionOf } from './layers/index-layer.js';
import { emptyInput, explainFirstHeader, notAnImage } from './not-an-image.js';
import { contentKind } from './other-content/content-kind.js';

/**
 * The source of an archive: a path, a source of bytes, a directory, or a stream with a name for messages in `path`. A stream must not
 * reuse the memory of its chunks.
 */
export type ArchiveInput =
  | { readonly path: string }
  | { readonly source: ByteSource; readonly path: string }
  | { readonly directory: Directory; readonly path: string }
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
  /** What earlier runs learnt of layers. What is found there is not read again, also with `verify`, and not `verified`. */
  readonly cache?: LayerCache | undefined;
  /** Has the access points of layers that are read a second time. Default: `cache`. */
  readonly points?: LayerCache | undefined;
  /** The key of the fingerprints. Default: that of the cache, or else of this process. Without a cache only. */
  readonly fingerprintKey?: FingerprintKey | undefined;
  /** Prepares for reads of single files of compressed layers: costs up to a fifth of the time of reading them. */
  readonly accessPoints?: boolean | undefined;
  /** Checks the checksum of compressed layers, as for layers of servers, also where the DiffID shows whether the data are right. */
  readonly checksums?: boolean | undefined;
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
  /** Reads a streamed archive a second time, uncompressed. Null for a pipe, and where the reader is seekable. */
  readonly reopen: (() => AsyncIterable<Uint8Array>) | null;
  /** Throws ERR_LAYERS_INPUT_CHANGED where the file of the archive changed after it was opened. */
  readonly checkUnchanged: () => void;
  /** The key of the fingerprints of its contents. */
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
  /** The bytes of the archive; null for a pipe and a directory. */
  readonly source: ByteSource | null;
  /** The identity of the source before it was read. */
  readonly identity: string | null;
  readonly fingerprintKey: FingerprintKey;
}

/** The first half of `openArchive`: lists the files. Throws its errors, except those of documents. */
export async function openArchiveReader(
  input: ArchiveInput,
  options: ReadOptions = {},
): Promise<OpenedArchive> {
  const fingerprintKey = options.fingerprintKey ?? options.cache?.fingerprintKey ?? processFingerprintKey();
  try {
    const place = placeOf(input);
    const source = place.kind === 'file' ? place.source : null;
    const identity = source?.identity() ?? null;
    const reader = await openPlace(place, options, fingerprintKey);
    return { input, reader, source, identity, fingerprintKey };
  } catch (error) {
    throw withContext(error, { archive: input.path });
  }
}

/** Where the bytes of an archive are. */
type ArchivePlace =
  | { readonly kind: 'file'; readonly source: ByteSource }
  | { readonly kind: 'directory'; readonly directory: Directory }
  | {
      readonly kind: 'stream';
      readonly stream: AsyncIterable<Uint8Array>;
      readonly format?: 'registry' | undefined;
    };

/** Throws ERR_LAYERS_READ. */
function placeOf(input: ArchiveInput): ArchivePlace {
  if ('stream' in input) return { kind: 'stream', stream: input.stream, format: input.format };
  if ('source' in input) return { kind: 'file', source: input.source };
  if ('directory' in input) return { kind: 'directory', directory: input.directory };
  return openPath(input.path) ?? { kind: 'stream', stream: streamFile(input.path) };
}

async function openPlace(
  place: ArchivePlace,
  options: ReadOptions,
  fingerprintKey: FingerprintKey,
): Promise<ArchiveReader> {
  if (place.kind === 'directory') return createLayoutReader(place.directory);
  const head = createHead(place.kind === 'file' && place.source.sync ? place.source : null);
  try {
    const reader = await createReader(place, options, fingerprintKey, head);
    if (reader.bytes === 0) throw emptyInput();
    // The first bytes of many file systems are zeros, as those of an empty tar.
    if (isEmpty(reader.names())) {
      const kind = contentKind(head.bytes());
      if (kind !== null) throw notAnImage(kind, head.compression);
    }
    return reader;
  } catch (error) {
    throw explainFirstHeader(error, head);
  }
}

function isEmpty(names: Iterable<string>): boolean {
  for (const _ of names) return false;
  return true;
}

/** Returns the archive of a reader, such as one of documents that are not in a file. Throws the errors of documents. */
export function archiveOf(reader: ArchiveReader, path: string): Archive {
  const fingerprintKey = processFingerprintKey();
  try {
    return describeArchive({ input: { path }, reader, source: null, identity: null, fingerprintKey });
  } catch (error) {
    throw withContext(error, { archive: path });
  }
}

/** The second half of `openArchive`: reads the documents. Throws their errors. */
export function describeArchive(opened: OpenedArchive): Archive {
  const { input, reader, source, identity, fingerprintKey } = opened;
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
    reopen: reopenerOf(opened),
    checkUnchanged: () => {
      if (source !== null) checkUnchanged(source, identity);
    },
    fingerprintKey,
  };
}

function reopenerOf({ source, reader }: OpenedArchive): Archive['reopen'] {
  const { compression } = reader;
  if (source === null || reader.seekable) return null;
  if (compression === null) return () => source.stream();
  return () => decompressStream(source.stream(), compression);
}

async function createReader(
  place: Exclude<ArchivePlace, { kind: 'directory' }>,
  options: ReadOptions,
  key: FingerprintKey,
  head: Head,
): Promise<ArchiveReader> {
  if (place.kind === 'stream') return readStream(place.stream, null, options, key, head, place.format);
  const { source } = place;
  if (source.sync && compressionOf(source) === null) return createFileArchiveReader(source);
  return readStream(source.stream(), source.size, options, key, head);
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
