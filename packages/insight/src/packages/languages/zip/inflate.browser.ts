import { Z_FINISH, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';

/** A negative number of bits selects raw deflate data (zlib.h, inflateInit2). */
const RAW_WINDOW_BITS = -15;
const WINDOW_BITS = 15;

/** Decompresses raw deflate data (RFC 1951). Throws where it is damaged, or longer than `mostBytes`. */
export function inflateRaw(data: Uint8Array, mostBytes: number): Uint8Array {
  return inflate(data, mostBytes, RAW_WINDOW_BITS);
}

/** Decompresses the zlib data (RFC 1950) at the start of bytes. Throws where it is damaged, or longer than `mostBytes`. */
export function inflateZlib(data: Uint8Array, mostBytes: number): Uint8Array {
  return inflate(data, mostBytes, WINDOW_BITS);
}

function inflate(data: Uint8Array, mostBytes: number, windowBits: number): Uint8Array {
  const stream = new ZStream();
  zlibInflateInit2(stream, windowBits);
  stream.input = data;
  stream.next_in = 0;
  stream.avail_in = data.length;
  // zlib sees the end of the data only where it has room for another byte.
  const output = new Uint8Array(mostBytes + 1);
  stream.output = output;
  stream.next_out = 0;
  stream.avail_out = output.length;
  const isWhole = zlibInflate(stream, Z_FINISH) === Z_STREAM_END;
  const produced = output.length - stream.avail_out;
  if (!isWhole || produced > mostBytes)
    throw new RangeError(stream.msg || 'the data is too long or incomplete');
  return output.slice(0, produced);
}
