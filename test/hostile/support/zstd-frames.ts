/**
 * Writes zstd without a compressor (RFC 8878, 3.1.1): frames of raw and run-length blocks, also in versions of Node
 * without zstd. A run-length block of four bytes expands to 128 KiB.
 */

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A frame header without content size and checksum, with a window of 1 MiB. */
const HEADER = [0x00, 0x50];
const BLOCK_BYTES = 128 * 1024;
const RAW = 0;
const RUN = 1;

function block(type: number, size: number, last: boolean, body: Uint8Array): Buffer {
  const word = (size << 3) | (type << 1) | (last ? 1 : 0);
  return Buffer.concat([Buffer.from([word & 0xff, (word >> 8) & 0xff, word >> 16]), body]);
}

/** Returns `bytes` as one frame of raw blocks. */
export function zstdOf(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length || blocks.length === 0; at += BLOCK_BYTES) {
    const body = bytes.subarray(at, at + BLOCK_BYTES);
    blocks.push(block(RAW, body.length, at + BLOCK_BYTES >= bytes.length, body));
  }
  return Buffer.concat([Buffer.from([...MAGIC, ...HEADER]), ...blocks]);
}

/** Returns one frame: `before`, then `count` times 128 KiB of one byte. */
export function zstdRun(before: Uint8Array, count: number, byte = 0): Buffer {
  const run = block(RUN, BLOCK_BYTES, false, Buffer.from([byte]));
  const runs = Buffer.alloc(run.length * count);
  for (let i = 0; i < count; i++) run.copy(runs, i * run.length);
  const end = block(RAW, 0, true, new Uint8Array(0));
  return Buffer.concat([
    Buffer.from([...MAGIC, ...HEADER]),
    block(RAW, before.length, false, before),
    runs,
    end,
  ]);
}
