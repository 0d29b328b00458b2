import * as zlib from 'node:zlib';
import type { BlockCompressor } from './block.js';
import { encoderOf, MIN_CHUNK_BYTES } from './zlib-encoder.js';

/** A zstd compressor: each block becomes a frame, whose header contains the size of its content (RFC 8878, 3.1.1). */
export interface ZstdCompressor extends BlockCompressor {
  readonly engine: 'node:zlib' | 'node:zlib/zstdCompressSync' | 'wasm-zstd';
}

/** Values of zstd.h, which never change. */
const COMPRESSION_LEVEL = 100;
const CHECKSUM_FLAG = 201;

/** ZSTD_e_end: a frame contains its content size only if the first call ends the input. */
export const ZSTD_END = 2;

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

/** Returns whether this version of Node includes zstd, as 22.15 and newer do. */
export function isZstdBuiltIn(): boolean {
  return hasZstd(zlib);
}

/**
 * Opens the zstd of Node, which writes a checksum with every frame, as the zstd command does. If Node has none, opens zstd
 * in WebAssembly, which writes no checksums and is several times slower.
 */
export async function openZstd(level: number): Promise<ZstdCompressor> {
  if (!hasZstd(zlib)) return openWasmZstd(level);
  const params = paramsOf(level);
  const encoder = encoderOf(zlib.createZstdCompress({ params }));
  encoder?.close();
  return encoder === null ? syncZstd(zlib, params) : handleZstd(zlib, params);
}

function paramsOf(level: number): Record<number, number> {
  return { [COMPRESSION_LEVEL]: level, [CHECKSUM_FLAG]: 1 };
}

/** Creates the stream of a block. Only where `isZstdBuiltIn`. */
export function zstdStream(level: number): object {
  if (!hasZstd(zlib)) throw new Error('this version of Node has no zstd');
  return zlib.createZstdCompress({ params: paramsOf(level), chunkSize: MIN_CHUNK_BYTES });
}

/** Creates a stream for each block: in some versions of Node a reset stream loses its parameters. */
function handleZstd(node: NodeZstd, params: Record<number, number>): ZstdCompressor {
  return {
    engine: 'node:zlib',
    compress({ buffer, start, end, outputStart }) {
      const encoder = encoderOf(node.createZstdCompress({ params, chunkSize: MIN_CHUNK_BYTES }));
      if (encoder === null) throw new Error('the internals of zstd have changed');
      try {
        return encoder.encode(ZSTD_END, buffer.subarray(start, end), buffer.subarray(outputStart));
      } finally {
        encoder.close();
      }
    },
    close: () => {},
  };
}

/** Uses the documented function, for versions of Node whose internals are unknown. */
function syncZstd(node: NodeZstd, params: Record<number, number>): ZstdCompressor {
  return {
    engine: 'node:zlib/zstdCompressSync',
    compress({ buffer, start, end, outputStart }) {
      const frame = node.zstdCompressSync(buffer.subarray(start, end), { params });
      buffer.set(frame, outputStart);
      return frame.length;
    },
    close: () => {},
  };
}

/** Opens zstd in WebAssembly. */
export async function openWasmZstd(level: number): Promise<ZstdCompressor> {
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const wasm = await Zstd.load();
  copyAtOnce(wasm);
  return {
    engine: 'wasm-zstd',
    compress({ buffer, start, end, outputStart }) {
      const frame = wasm.compress(buffer.subarray(start, end), level);
      // The library does not check for errors, and returns arbitrary memory instead.
      if (!MAGIC.every((byte, index) => frame[index] === byte)) throw new Error('wasm-zstd failed');
      buffer.set(frame, outputStart);
      return frame.length;
    },
    close: () => {},
  };
}

interface WasmHeap {
  heapView(block: object): Uint8Array;
  heapToUint8Array(block: object): Uint8Array;
}

/** The library copies a result through an array of numbers, which takes longer than to compress. */
function copyAtOnce(wasm: object): void {
  const heap: unknown = Reflect.get(wasm, '_mainModule');
  if (isWasmHeap(heap)) heap.heapToUint8Array = (block) => heap.heapView(block).slice();
}

function isWasmHeap(heap: unknown): heap is WasmHeap {
  return (
    typeof heap === 'object' &&
    heap !== null &&
    'heapView' in heap &&
    typeof heap.heapView === 'function' &&
    'heapToUint8Array' in heap
  );
}
