import { inflateRawSync, inflateSync, constants as zlib } from 'node:zlib';

/** Decompresses raw deflate data (RFC 1951). Throws where it is damaged, or longer than `mostBytes`. */
export function inflateRaw(data: Uint8Array, mostBytes: number): Uint8Array {
  // Into one buffer: Node would join many small ones.
  const chunkSize = Math.max(zlib.Z_MIN_CHUNK, mostBytes + 1);
  return inflateRawSync(data, { maxOutputLength: mostBytes, chunkSize });
}

/** Decompresses the zlib data (RFC 1950) at the start of bytes. Throws where it is damaged, or longer than `mostBytes`. */
export function inflateZlib(data: Uint8Array, mostBytes: number): Uint8Array {
  return inflateSync(data, { maxOutputLength: mostBytes });
}
