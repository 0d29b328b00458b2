import { statSync } from 'node:fs';
import { isLayersError, LayersError, withContext } from '@layers/errors';
import { decompressStream } from '../compression/decompress-stream.js';
import { SNIFF_BYTES, sniffCompression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import { peekStream, streamFile } from '../io/streams.js';
import { reading } from '../io/system-errors.js';
import { createUsage, DEFAULT_LIMITS, type Limits } from '../rootfs/limits.js';
import type { ArchiveReader } from './archive/archive-reader.js';
import { readFileMembers } from './archive/file-archive-reader.js';
import { readLayoutMembers } from './archive/layout-reader.js';
import type { ImageChoice, SourceInfo } from './archive/source-info.js';
import { describeMembers } from './describe/describe.js';
import type { ImageDescription } from './describe/description.js';
import { imageChoices } from './describe/select-image.js';
import { type FingerprintKey, processFingerprintKey } from './layers/fingerprint.js';
import { compressionOfRange } from './layers/index-layer.js';

/**
 * Where an archive comes from: a path, or bytes that pass once. A stream must not use the memory of its chunks for
 * anything else; `path` is what it is called.
 */
export type ArchiveInput =
  | { readonly path: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly path: string };

export interface ReadOptions {
  /** Compute every digest, also those that cost reading what need not be read. */
  readonly verify?: boolean | undefined;
  /** The most worker threads. Default: one a core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Limits | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly doneBytes: number;
  /** Null while it is not known. */
  readonly totalBytes: number | null;
}

/** An archive or layout that has been recognised, and the images that it says it has. */
export interface Archive {
  readonly source: SourceInfo;
  readonly images: readonly ImageDescription[];
  readonly choices: readonly ImageChoice[];
  readonly findings: readonly Finding[];
  readonly members: ArchiveReader;
  /** Gives the bytes of an archive that streamed by again, uncompressed; null for a pipe, and where no need is. */
  readonly reopen: (() => AsyncIterable<Uint8Array>) | null;
  /** Makes the fingerprints of this reading comparable with those of others in this process. */
  readonly fingerprintKey: FingerprintKey;
}

/**
 * Opens whatever carries images: a tar of any generation, compressed or not, an OCI layout, a pipe. Recognised by
 * content. A seekable archive is walked, not read; one that streams by is read to its end here, in one pass.
 *
 * Throws ERR_LAYERS_READ, ERR_LAYERS_NOT_AN_IMAGE, ERR_LAYERS_TAR_*, and the errors of compressions and documents,
 * each naming the archive.
 */
export async function openArchive(input: ArchiveInput, options: ReadOptions = {}): Promise<Archive> {
  const opened = await openMembers(input, options);
  try {
    return describeArchive(opened);
  } catch (error) {
    throw withContext(error, { archive: input.path });
  }
}

/** An archive of which nothing has been understood yet but its members. */
export interface OpenedMembers {
  readonly input: ArchiveInput;
  readonly members: ArchiveReader;
  readonly fingerprintKey: FingerprintKey;
}

/** The first half of `openArchive`: throws where there is no archive, whatever its documents say. */
export async function openMembers(input: ArchiveInput, options: ReadOptions = {}): Promise<OpenedMembers> {
  const fingerprintKey = processFingerprintKey();
  try {
    const members = await readMembers(input, options, fingerprintKey);
    if (members.bytes === 0) throw emptyInput();
    return { input, members, fingerprintKey };
  } catch (error) {
    throw withContext(noTar(error), { archive: input.path });
  }
}

function emptyInput(): LayersError {
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', 'the input is empty', {
    hint: 'where it comes through a pipe, see whether the command before it failed',
  });
}

/** What is shorter than one header was never a tar that something cut off. */
function noTar(error: unknown): unknown {
  if (!isLayersError(error) || error.code !== 'ERR_LAYERS_TAR_TRUNCATED' || error.offset !== 0) return error;
  return new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'this is no tar: it is shorter than a header', {
    offset: 0,
    cause: error,
    hint: 'an image archive comes from docker save, skopeo copy or a builder',
  });
}

/** The second half: throws the errors of documents. */
export function describeArchive({ input, members, fingerprintKey }: OpenedMembers): Archive {
  const { format, variant, images, findings } = describeMembers(members);
  const { compression, bytes } = members;
  return {
    source: { path: input.path, format, variant, compression, sizeBytes: bytes },
    images,
    choices: imageChoices(images),
    findings: [...members.findings, ...findings],
    members,
    reopen: againOf(input, members),
    fingerprintKey,
  };
}

function againOf(input: ArchiveInput, members: ArchiveReader): Archive['reopen'] {
  const { compression } = members;
  if ('stream' in input || members.seekable || compression === null) return null;
  return () => decompressStream(streamFile(input.path), compression);
}

async function readMembers(
  input: ArchiveInput,
  options: ReadOptions,
  key: FingerprintKey,
): Promise<ArchiveReader> {
  if ('stream' in input) return readStream(input.stream, null, options, key);
  const stat = reading(input.path, () => statSync(input.path));
  if (stat.isDirectory()) return readLayoutMembers(input.path);
  if (!stat.isFile()) return readStream(streamFile(input.path), null, options, key);
  if (compressionOfRange({ path: input.path, offset: 0, length: stat.size }) === null)
    return readFileMembers(input.path);
  return readStream(streamFile(input.path), stat.size, options, key);
}

async function readStream(
  stream: AsyncIterable<Uint8Array>,
  totalBytes: number | null,
  options: ReadOptions,
  fingerprintKey: FingerprintKey,
): Promise<ArchiveReader> {
  let doneBytes = 0;
  const counted = count(stream, (bytes) => {
    doneBytes += bytes;
    options.onProgress?.({ doneBytes, totalBytes });
    options.signal?.throwIfAborted();
  });
  const { head, chunks } = await peekStream(counted, SNIFF_BYTES);
  const compression = sniffCompression(head);
  // A file is read without what a pipe needs: starting fast matters more often.
  const { readStreamMembers } = await import('./archive/stream-archive-reader.js');
  const digests = options.verify ? (['sha256'] as const) : [];
  return readStreamMembers(compression === null ? chunks : decompressStream(chunks, compression), {
    compression,
    wishes: {
      storedDigests: digests,
      tarDigests: digests,
      fingerprintKey,
      limits: options.limits ?? DEFAULT_LIMITS,
      usage: createUsage(),
      checksum: options.verify ?? false,
    },
    bytes: () => doneBytes,
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
