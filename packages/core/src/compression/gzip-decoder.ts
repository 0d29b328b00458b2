import type { LayersError } from '@layers/errors';
import { crc32 } from '#core/compression/crc32.js';
import { type Codec, CodecFailure } from './codec.js';
import { type Decoder, formatError } from './decoder.js';
import { gzipHeader } from './gzip-header.js';

const TRAILER_BYTES = 8;

export interface GzipOptions {
  /** False skips the CRC-32 of the output, for callers that verify its digest. Lengths are always checked. Default: true. */
  readonly checksum?: boolean | undefined;
  /** Ignores other data after the last member. Default: false. */
  readonly ignoreTrailing?: boolean | undefined;
  /** Starts inside a member, with a codec that is ready for it. Only without `checksum`. */
  readonly resume?: GzipPosition | undefined;
  /** Called at the position where the deflate data of each member starts, when all output before it was yielded. */
  readonly onMember?: ((position: number) => void) | undefined;
}

export interface GzipPosition {
  /** Position of the first byte of input, for messages. */
  readonly offset: number;
  /** How many bytes of the member's output come before. */
  readonly produced: number;
}

/**
 * Creates a decoder of gzip (RFC 1952) with any number of members and zeros after the last one; `codec` decodes raw
 * deflate.
 *
 * Throws ERR_LAYERS_GZIP_CORRUPT, ERR_LAYERS_GZIP_TRUNCATED, ERR_LAYERS_GZIP_TRAILING.
 */
export function gzipDecoder(codec: Codec, options: GzipOptions = {}): Decoder {
  const { checksum = true, ignoreTrailing = false, resume, onMember } = options;
  let state: 'header' | 'body' | 'trailer' | 'between' | 'padding' | 'ignored' =
    resume === undefined ? 'header' : 'body';
  let header = gzipHeader();
  let members = 0;
  let offset = resume?.offset ?? 0;
  let produced = resume?.produced ?? 0;
  let crc = 0;
  const trailer = new DataView(new ArrayBuffer(TRAILER_BYTES));
  let trailerBytes = 0;

  const corrupt = (what: string, at: number, cause?: unknown): LayersError =>
    formatError('ERR_LAYERS_GZIP_CORRUPT', what, at, cause);

  /** Ignores the rest of the input, which starts at `at`, or throws. */
  function endAt(at: number): void {
    if (!ignoreTrailing) throw formatError('ERR_LAYERS_GZIP_TRAILING', 'unexpected data after the end', at);
    state = 'ignored';
  }

  function readHeader(chunk: Uint8Array, from: number): number {
    const at = header.read(chunk, from);
    if (header.problem !== undefined) {
      if (members === 0 || header.recognised) throw corrupt(header.problem, offset + at - 1);
      endAt(offset + from);
      return chunk.length;
    }
    if (header.done) {
      state = 'body';
      produced = 0;
      crc = 0;
      if (members > 0) codec.reset();
      onMember?.(offset + at);
    }
    return at;
  }

  function* readBody(input: Uint8Array, position: number): Generator<Uint8Array, number> {
    const taking = codec.take(input);
    for (;;) {
      let step: IteratorResult<Uint8Array, number>;
      try {
        step = taking.next();
      } catch (error) {
        if (error instanceof CodecFailure) throw corrupt(error.message, position, error);
        throw error;
      }
      if (step.done === true) return step.value;
      produced += step.value.length;
      if (checksum) crc = crc32(step.value, crc);
      yield step.value;
    }
  }

  function readTrailer(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && trailerBytes < TRAILER_BYTES)
      trailer.setUint8(trailerBytes++, chunk[at++] ?? 0);
    if (trailerBytes < TRAILER_BYTES) return at;
    if (trailer.getUint32(4, true) !== produced % 2 ** 32)
      throw corrupt('wrong length in the trailer', offset + at - 4);
    if (checksum && trailer.getUint32(0, true) !== crc)
      throw corrupt('wrong checksum in the trailer', offset + at - 8);
    state = 'between';
    trailerBytes = 0;
    members += 1;
    return at;
  }

  function skipPadding(chunk: Uint8Array, from: number): number {
    let at = from;
    while (chunk[at] === 0) at += 1;
    if (at > from) state = 'padding';
    if (at < chunk.length) {
      if (state === 'padding' || chunk[at] !== 0x1f) {
        endAt(offset + at);
        return chunk.length;
      }
      state = 'header';
      header = gzipHeader();
    }
    return at;
  }

  return {
    engine: codec.engine,
    *feed(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (state === 'header') at = readHeader(chunk, at);
        else if (state === 'trailer') at = readTrailer(chunk, at);
        else if (state === 'body') {
          at += yield* readBody(at === 0 ? chunk : chunk.subarray(at), offset + at);
          if (at < chunk.length) state = 'trailer';
        } else if (state === 'ignored') at = chunk.length;
        else at = skipPadding(chunk, at);
      }
      offset += chunk.length;
    },
    *finish() {
      if (state === 'body') yield* codec.rest?.() ?? [];
      if (state === 'between' || state === 'padding' || state === 'ignored') return;
      throw formatError('ERR_LAYERS_GZIP_TRUNCATED', 'unexpected end of data', offset);
    },
    trailing: () => (state === 'padding' ? 'zeros' : state === 'ignored' ? 'data' : null),
    close: () => codec.close(),
  };
}
