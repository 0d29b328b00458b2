import { openIndexingCodec } from '#core/compression/indexed/indexing-codec.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import type { Decoder } from '../decoder.js';
import { gzipDecoder } from '../gzip-decoder.js';
import { zstdDecoder } from '../inflater.js';
import type { AccessPoint, CompressedIndex } from './compressed-index.js';
import { IndexRecorder } from './index-recorder.js';

export interface IndexOptions {
  /** Wanted distance of access points in bytes of output, from 64 KiB to 16 MiB. Default: 1 MiB. */
  readonly spacing?: number | undefined;
  /** False skips the CRC-32 of gzip members, for callers that verify a digest of the output. Default: true. */
  readonly checksum?: boolean | undefined;
  /** Ignores data after the last member of gzip. Default: false. */
  readonly ignoreTrailing?: boolean | undefined;
}

/** A decoder that builds an index while it decodes. It yields, and throws, what the decoder without an index does. */
export interface IndexBuilder extends Decoder {
  /** Returns the index. Only after `finish` ended. */
  index(): CompressedIndex;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Creates a decoder that builds an index. Returns null where this version of Node does not support it. Close it, also
 * after an error.
 */
export function createIndexBuilder(
  compression: CompressedIndex['compression'],
  options: IndexOptions = {},
): IndexBuilder | null {
  const recorder = new IndexRecorder(options.spacing);
  const decoder = compression === 'gzip' ? gzipWithPoints(recorder, options) : zstdWithPoints(recorder);
  if (decoder === null) return null;
  let storedBytes = 0;
  function* recorded(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      recorder.add(piece);
      yield piece;
    }
  }
  return {
    engine: decoder.engine,
    *feed(chunk) {
      yield* recorded(decoder.feed(chunk));
      storedBytes += chunk.length;
    },
    finish: () => recorded(decoder.finish()),
    trailing: () => decoder.trailing?.() ?? null,
    close: () => decoder.close(),
    index: () => recorder.finish(compression, storedBytes),
  };
}

/**
 * Decompresses a blob once and returns its index; null where this version of Node does not support it.
 *
 * @throws LayersError ERR_LAYERS_READ, and the errors of damaged gzip or zstd data
 */
export function buildIndex(
  source: SyncByteSource,
  compression: CompressedIndex['compression'],
  options: IndexOptions = {},
): CompressedIndex | null {
  const builder = createIndexBuilder(compression, options);
  if (builder === null) return null;
  const open = source.open();
  try {
    const chunk = new Uint8Array(CHUNK_BYTES);
    for (let position = 0; ; ) {
      const count = open.read(chunk, position);
      if (count === 0) break;
      for (const _ of builder.feed(chunk.subarray(0, count)));
      position += count;
    }
    for (const _ of builder.finish());
    return builder.index();
  } finally {
    open.close();
    builder.close();
  }
}

/** Returns a point where nothing comes before: at the first deflate data of a member, or at a frame. */
function startPoint(stored: number): AccessPoint {
  return { stored, bits: 0, memberBytes: 0, window: new Uint8Array(0) };
}

function gzipWithPoints(recorder: IndexRecorder, options: IndexOptions): Decoder | null {
  const codec = openIndexingCodec(recorder);
  if (codec === null) return null;
  const { checksum, ignoreTrailing } = options;
  return gzipDecoder(codec, {
    checksum,
    ignoreTrailing,
    onMember(position) {
      if (recorder.wantsStart) recorder.addPoint(startPoint(position));
      codec.startMember(position);
    },
  });
}

function zstdWithPoints(recorder: IndexRecorder): Decoder {
  return zstdDecoder((position) => {
    if (recorder.wantsStart) recorder.addPoint(startPoint(position));
  });
}
