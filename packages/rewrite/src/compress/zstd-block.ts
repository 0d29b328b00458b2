import * as zlib from 'node:zlib';
import type { BlockCompressor } from './block.js';
import { encoderOf, NO_CHUNK_BYTES } from './zlib-encoder.js';

/** A zstd compressor: each block becomes a frame, which says how many bytes are in it. */
export interface Zstd extends BlockCompressor {
  readonly engine: 'node:zlib' | 'node:zlib/zstdCompressSync' | 'wasm-zstd';
}

/** From zstd.h, where they are fixed for good. */
const COMPRESSION_LEVEL = 100;
const CHECKSUM_FLAG = 201;
const END = 2;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

type Options = { params: Record<number, number>; chunkSize?: number };

interface NodeZstd {
  zstdCompressSync(bytes: Uint8Array, options: Options): Uint8Array;
  createZstdCompress(options: Options): object;
}

function hasZstd(module: object): module is NodeZstd {
  return (
    'zstdCompressSync' in module &&
    typeof module.zstdCompressSync === 'function' &&
    'createZstdCompress' in module &&
    typeof module.createZstdCompress === 'function'
  );
}

/** Whether this Node has zstd itself: from 22.15 on. */
export function isZstdBuiltIn(): boolean {
  return hasZstd(zlib);
}

/**
 * Opens Node's own zstd, which writes a checksum with every frame as the zstd command does; where Node has none,
 * zstd in WebAssembly, which writes none and is several times slower.
 */
export async function openZstd(level: number): Promise<Zstd> {
  if (!hasZstd(zlib)) return openWasm(level);
  const params = { [COMPRESSION_LEVEL]: level, [CHECKSUM_FLAG]: 1 };
  const encoder = encoderOf(zlib.createZstdCompress({ params }));
  encoder?.close();
  return encoder === null ? oneShot(zlib, params) : throughEncoders(zlib, params);
}

/** A context for each block: in some versions of Node one that is used again has forgotten its parameters. */
function throughEncoders(node: NodeZstd, params: Record<number, number>): Zstd {
  return {
    engine: 'node:zlib',
    compress({ buffer, from, to, room }) {
      const encoder = encoderOf(node.createZstdCompress({ params, chunkSize: NO_CHUNK_BYTES }));
      if (encoder === null) throw new Error('the inside of zstd has changed');
      try {
        // An input that is ended with the first call is one whose size the frame tells.
        return encoder.encode(END, buffer.subarray(from, to), buffer.subarray(room));
      } finally {
        encoder.close();
      }
    },
    close: () => {},
  };
}

/** What {@link openZstd} opens on a Node whose inside is not known. */
export function oneShot(node: NodeZstd, params: Record<number, number>): Zstd {
  return {
    engine: 'node:zlib/zstdCompressSync',
    compress({ buffer, from, to, room }) {
      const frame = node.zstdCompressSync(buffer.subarray(from, to), { params });
      buffer.set(frame, room);
      return frame.length;
    },
    close: () => {},
  };
}

/** What {@link openZstd} opens where Node has no zstd. */
export async function openWasm(level: number): Promise<Zstd> {
  const { Zstd: Wasm } = await import('@hpcc-js/wasm-zstd');
  const wasm = await Wasm.load();
  return {
    engine: 'wasm-zstd',
    compress({ buffer, from, to, room }) {
      const frame = wasm.compress(buffer.subarray(from, to), level);
      // It takes an error for a size, and gives what lies there.
      if (!MAGIC.every((byte, index) => frame[index] === byte)) throw new Error('wasm-zstd gave no frame');
      buffer.set(frame, room);
      return frame.length;
    },
    close: () => {},
  };
}
