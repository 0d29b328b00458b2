import { isLayersError, LayersError } from '@layers/errors';
import { createTarParser, type TarParser } from '@layers/tar';
import type { Compression } from '../../compression/sniff.js';
import { indexBytes, type LayerReadOptions } from '../layers/layer-sink.js';
import { type ArchiveFile, type ArchiveReader, followLinks } from './archive-reader.js';
import { MAX_TRAILING_BYTES } from './bounded-tail.js';
import {
  checkDocumentSize,
  createFileTable,
  refuseUnsupportedWarning,
  unsupportedEntry,
} from './file-archive-reader.js';
import { FileSink, layerOptionsFor, type StreamedFile } from './file-sink.js';

export interface StreamOptions {
  /** Where the stream comes from. Default: an archive. */
  readonly medium?: ArchiveReader['medium'] | undefined;
  /** The compression of the whole archive; `source` is uncompressed. */
  readonly compression: Compression | null;
  /** What to compute about layers. */
  readonly layerOptions: LayerReadOptions;
  /** Returns the bytes of the archive as stored, once all of `source` was read. */
  readonly bytes: () => number | null;
  /** Called after each chunk of the tar, and of what follows its end. */
  readonly onChunk?: (isAfterEnd: boolean) => void;
}

/**
 * Reads an archive from a stream, in one pass and without storing it. Keeps small documents; indexes and hashes every
 * other file as a layer, because the manifest may come later.
 *
 * Throws ERR_LAYERS_TAR_*, as reading the same archive from a file does, and ERR_LAYERS_LIMIT.
 */
export async function createStreamArchiveReader(
  source: AsyncIterable<Uint8Array>,
  options: StreamOptions,
): Promise<ArchiveReader> {
  const { layerOptions } = options;
  const table = createFileTable();
  const streamed = new Map<string, StreamedFile>();
  let documentBytes = 0;
  const onKeep = (bytes: number): void => {
    documentBytes += bytes;
    if (documentBytes > MAX_DOCUMENTS_BYTES) throw tooManyDocuments();
  };
  let unsupported: LayersError | null = null;
  let current: { file: ArchiveFile; sink: FileSink } | null = null;
  const parser = createTarParser({
    onWarning(warning) {
      refuseUnsupportedWarning(warning);
      table.warn(warning);
    },
    onEntry(entry) {
      unsupported = unsupportedEntry(entry);
      const file = unsupported === null ? table.add(entry) : null;
      if (file?.type !== 'file') return;
      current = { file, sink: new FileSink(file, layerOptions, onKeep) };
    },
    onData: (bytes) => current?.sink.write(bytes),
    onEntryEnd() {
      // Not earlier, so that a truncated entry causes the error of a truncated archive, as in a file.
      if (unsupported !== null) throw unsupported;
      if (current !== null) streamed.set(current.file.name, current.sink.end());
      current = null;
    },
  });
  await parseAll(source, parser, options);

  return {
    medium: options.medium ?? 'archive',
    seekable: false,
    compression: options.compression,
    bytes: options.bytes(),
    find: (name) => followLinks(table.files, name),
    names: () => table.files.keys(),
    read(file) {
      checkDocumentSize(file);
      const document = streamed.get(file.name)?.document;
      if (document) return document;
      throw new LayersError('ERR_LAYERS_JSON', `${file.name} is not valid JSON at byte 0`, {
        file: file.name,
        offset: 0,
        hint: 'the archive is damaged, or was not written by a container tool',
      });
    },
    layer(file) {
      const kept = streamed.get(file.name);
      if (kept?.index) return { from: 'stream', index: kept.index };
      if (!kept?.document) return null;
      return {
        from: 'stream',
        index: indexBytes(kept.document, layerOptionsFor(file, layerOptions, false)),
      };
    },
    occurrence: table.occurrence,
    findings: table.findings,
  };
}

/** The most bytes of all documents together. An attestation of a large image has a few MB. */
const MAX_DOCUMENTS_BYTES = 96 * 1024 * 1024;

function tooManyDocuments(): LayersError {
  return new LayersError(
    'ERR_LAYERS_LIMIT',
    `the documents of the archive have more than ${MAX_DOCUMENTS_BYTES} bytes`,
    { hint: 'the archive may be malicious' },
  );
}

/**
 * Parses all of `source`. Reads what follows the end of the tar too: the writer of a pipe must be able to finish, and
 * the end of compressed data holds its checksum. Damaged compressed data makes a damaged tar; throws the error of the
 * compression rather than the one of the tar, whose position depends on the chunks.
 */
async function parseAll(
  source: AsyncIterable<Uint8Array>,
  parser: TarParser,
  { compression, onChunk }: StreamOptions,
): Promise<void> {
  let tarError: unknown = null;
  let trailingBytes = 0;
  for await (const chunk of source) {
    if (parser.ended || tarError !== null) trailingBytes += chunk.length;
    if (trailingBytes > MAX_TRAILING_BYTES) break;
    onChunk?.(parser.ended || tarError !== null);
    if (tarError !== null) continue;
    try {
      parser.write(chunk);
    } catch (error) {
      if (compression === null || !isTarError(error)) throw error;
      tarError = error;
    }
  }
  if (tarError !== null) throw tarError;
  parser.end();
}

function isTarError(error: unknown): boolean {
  return isLayersError(error) && error.code.startsWith('ERR_LAYERS_TAR_');
}
