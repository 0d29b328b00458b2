import { LayersError } from '@layers/errors';
import { formatError } from './decoder.js';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const BLOCK_BYTES = 128 * 1024;
const CHECKSUM_BYTES = 4;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED = 3;

export interface ZstdFrames {
  /** Checks the next bytes. Throws where they are not zstd data that the decoder supports. */
  walk(chunk: Uint8Array): void;
  /** Throws where the last frame is not complete. */
  finish(): void;
  /** Position of the last header. The structure before it is valid. */
  readonly headerAt: number;
  /** Returns the error for bytes at `position` that do not start a frame; null where they may start one. */
  noFrameAt(position: number): LayersError | null;
  /** Returns the start of the frame that contains the byte at `position` of the last chunk. */
  frameAt(position: number): number;
  /** Returns what is known, after the last chunk, of the frame that contains the byte at `position` of that chunk. */
  frame(position: number): ZstdFrame;
  /** Returns the start of the next frame after `position`, or infinity. Positions must be ascending. */
  nextFrameAfter(position: number): number;
}

export interface ZstdFrame {
  readonly start: number;
  /** Bytes; 0 for a skippable frame. */
  readonly window: number;
  /** Whether the header has the size of the window, and not that of the content. */
  readonly declaresWindow: boolean;
  /** The number of blocks up to now. */
  readonly blocks: number;
  /** The most bytes that these blocks can be. */
  readonly mostBytes: number;
}

/**
 * Checks the structure of zstd data (RFC 8878, 3.1) without decoding: frame headers and three bytes a block. Neither
 * decoder reports where frames end or that the end is missing, and one accepts every declared window size.
 * `windowLimit` is the largest window in bytes to accept.
 *
 * Throws ERR_LAYERS_ZSTD_CORRUPT, _TRUNCATED, _TRAILING, _WINDOW, _DICTIONARY.
 */
export function zstdFrames(windowLimit: number): ZstdFrames {
  const head = new DataView(new ArrayBuffer(16));
  let state: 'magic' | 'skip-size' | 'descriptor' | 'fields' | 'block' = 'magic';
  let have = 0;
  let need = 4;
  let skip = 0;
  let offset = 0;
  let frames = 0;
  let descriptor = 0;
  let headerAt = 0;
  let current = newFrame(0);
  /** The last frame that starts before the chunk, and those that start in it. */
  let known = [current];
  /** Index in `known` of the last result of `nextFrameAfter`. */
  let nextStart = 0;

  const corrupt = (what: string) => formatError('ERR_LAYERS_ZSTD_CORRUPT', what, offset);
  const expect = (next: typeof state, bytes: number) => {
    state = next;
    need = bytes;
  };

  function magic(): void {
    const value = head.getUint32(0, true);
    if (value === MAGIC) expect('descriptor', 1);
    else if ((value & 0xfffffff0) >>> 0 === SKIPPABLE) expect('skip-size', 4);
    else throw noFrame();
    frames += 1;
  }

  function noFrame(): LayersError {
    const at = current.start;
    if (frames > 0) return formatError('ERR_LAYERS_ZSTD_TRAILING', 'unexpected data after the end', at);
    return formatError('ERR_LAYERS_ZSTD_CORRUPT', 'not zstd data', at);
  }

  function fields(): void {
    const single = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const dictionaryAt = single ? 0 : 1;
    for (let index = 0; index < dictionaryBytes; index++) {
      if (head.getUint8(dictionaryAt + index) !== 0) throw needsDictionary(offset);
    }
    current.declaresWindow = !single;
    current.window = single ? contentSize(dictionaryAt + dictionaryBytes) : windowOf(head.getUint8(0));
    if (current.window > windowLimit) throw windowTooLarge(current.window, windowLimit, offset);
    expect('block', 3);
  }

  function contentSize(at: number): number {
    const kind = descriptor >> 6;
    if (kind === 0) return head.getUint8(at);
    if (kind === 1) return head.getUint16(at, true) + 256;
    const low = head.getUint32(at, true);
    return kind === 2 ? low : low + head.getUint32(at + 4, true) * 2 ** 32;
  }

  function block(): void {
    const bits = head.getUint16(0, true) | (head.getUint8(2) << 16);
    const type = (bits >> 1) & 3;
    const size = bits >>> 3;
    if (type === RESERVED) throw corrupt('unknown block type');
    const mostBytes = Math.min(current.window, BLOCK_BYTES);
    if (size > mostBytes) throw corrupt('a block is larger than the format allows');
    current.blocks += 1;
    current.mostBytes += type === COMPRESSED ? mostBytes : size;
    skip = type === RLE ? 1 : size;
    if ((bits & 1) === 0) return;
    if ((descriptor & 4) !== 0) skip += CHECKSUM_BYTES;
    expect('magic', 4);
  }

  function descriptorByte(): void {
    descriptor = head.getUint8(0);
    if ((descriptor & 8) !== 0) throw corrupt('unknown frame header bits');
    const single = (descriptor & 0x20) !== 0;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    expect('fields', (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + sizeBytes);
  }

  function complete(): void {
    headerAt = offset - have;
    have = 0;
    if (state === 'magic') magic();
    else if (state === 'descriptor') descriptorByte();
    else if (state === 'fields') fields();
    else if (state === 'block') block();
    else {
      skip = head.getUint32(0, true);
      expect('magic', 4);
    }
  }

  const frame = (position: number) => known.findLast(({ start }) => start <= position) ?? current;

  return {
    walk(chunk) {
      let at = 0;
      known = [current];
      nextStart = 0;
      while (at < chunk.length) {
        const passed = Math.min(skip, chunk.length - at);
        skip -= passed;
        at += passed;
        offset += passed;
        if (skip === 0 && have === 0 && state === 'magic' && at < chunk.length && offset > 0) {
          current = newFrame(offset);
          known.push(current);
        }
        while (skip === 0 && at < chunk.length && have < need) {
          head.setUint8(have++, chunk[at++] ?? 0);
          offset += 1;
        }
        if (have === need) complete();
      }
    },
    finish() {
      if (frames === 0 || state !== 'magic' || have > 0 || skip > 0) {
        throw formatError('ERR_LAYERS_ZSTD_TRUNCATED', 'unexpected end of data', offset);
      }
    },
    get headerAt() {
      return headerAt;
    },
    noFrameAt: (position) => (state === 'magic' && have > 0 && current.start <= position ? noFrame() : null),
    frameAt: (position) => frame(position).start,
    frame,
    nextFrameAfter(position) {
      while ((known[nextStart]?.start ?? Number.POSITIVE_INFINITY) <= position) nextStart++;
      return known[nextStart]?.start ?? Number.POSITIVE_INFINITY;
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function newFrame(start: number): Mutable<ZstdFrame> {
  return { start, window: 0, declaresWindow: false, blocks: 0, mostBytes: 0 };
}

/** Returns the bytes of a window from its descriptor (RFC 8878, 3.1.1.1.2). */
export function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function needsDictionary(offset: number): LayersError {
  const message = `zstd: the data requires a dictionary (compressed byte ${offset})`;
  return new LayersError('ERR_LAYERS_ZSTD_DICTIONARY', message, {
    hint: 'decompress it with `zstd -d -D <dictionary>` first',
    offset,
  });
}

/** Creates the error for a window of `bytes` where the decoder supports up to `limit`. */
export function windowTooLarge(bytes: number, limit: number, offset: number): LayersError {
  const message = `zstd: a frame requires a window of ${bytes} bytes; the limit is ${limit} (compressed byte ${offset})`;
  const hint =
    'decompress it first (`zstd -d --long=31`), or use Node 22.15 or newer, which supports up to 128 MiB';
  return new LayersError('ERR_LAYERS_ZSTD_WINDOW', message, { hint, offset });
}
