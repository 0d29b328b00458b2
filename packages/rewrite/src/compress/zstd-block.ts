import * as zlib from 'node:zlib';

/** A zstd compressor: one call, one frame, which says how many bytes are in it. */
export interface Zstd {
  readonly engine: 'node:zlib' | 'wasm-zstd';
  compress(bytes: Uint8Array, level: number): Uint8Array<ArrayBuffer>;
}

/** From zstd.h, where they are fixed for good. */
const COMPRESSION_LEVEL = 100;
const CHECKSUM_FLAG = 201;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

type CompressSync = (
  bytes: Uint8Array,
  options: { params: Record<number, number>; chunkSize: number },
) => Uint8Array;

function hasZstd(module: object): module is { zstdCompressSync: CompressSync } {
  return 'zstdCompressSync' in module && typeof module.zstdCompressSync === 'function';
}

/** Whether this Node has zstd itself: from 22.15 on. */
export function isZstdBuiltIn(): boolean {
  return hasZstd(zlib);
}

/**
 * Opens Node's own zstd, which writes a checksum with every frame as the zstd command does; where Node has none,
 * zstd in WebAssembly, which writes none and is several times slower.
 */
export async function openZstd(): Promise<Zstd> {
  return hasZstd(zlib) ? builtIn(zlib.zstdCompressSync) : openWasm();
}

function builtIn(compressSync: CompressSync): Zstd {
  return {
    engine: 'node:zlib',
    compress: (bytes, level) =>
      // What Node returns is a part of a buffer several times as large.
      new Uint8Array(
        compressSync(bytes, {
          params: { [COMPRESSION_LEVEL]: level, [CHECKSUM_FLAG]: 1 },
          chunkSize: bound(bytes.length),
        }),
      ),
  };
}

/** No frame of so many bytes is larger (ZSTD_COMPRESSBOUND, a checksum): it is written at once, in one buffer. */
function bound(bytes: number): number {
  return bytes + Math.ceil(bytes / 256) + 1024;
}

/** What {@link openZstd} opens where Node has no zstd. */
export async function openWasm(): Promise<Zstd> {
  const { Zstd: Wasm } = await import('@hpcc-js/wasm-zstd');
  const wasm = await Wasm.load();
  return {
    engine: 'wasm-zstd',
    compress(bytes, level) {
      const frame = new Uint8Array(wasm.compress(bytes, level));
      // It takes an error for a size, and gives what lies there.
      if (!MAGIC.every((byte, index) => frame[index] === byte)) throw new Error('wasm-zstd gave no frame');
      return frame;
    },
  };
}
