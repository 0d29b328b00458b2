import { LayersError } from '@layers/errors';
import { openNodeCodec } from '#core/compression/node-codec.js';
import { isHandleTested } from '#core/compression/node-handle.js';
import { openPooledCodec } from '#core/compression/pooled-codec.js';
import { loadZlibSync, suitsZlibSync, zlibSyncDecoder } from '#core/compression/zlib-sync-inflater.js';
import type { Codec } from './codec.js';
import type { Decoder } from './decoder.js';
import { gzipDecoder } from './gzip-decoder.js';
import type { Inflater, InflaterOptions } from './inflater-types.js';
import { portableZstdDecoder } from './portable-zstd-decoder.js';
import { type FrameListener, nativeZstdDecoder } from './zstd-decoder.js';

export { suitsZlibSync } from '#core/compression/zlib-sync-inflater.js';
export type { Inflater, InflaterOptions } from './inflater-types.js';
export { NeedsPortableInflater } from './needs-portable-inflater.js';

/**
 * Returns whether the fastest inflater for a blob of this many bytes is zlib-sync, so that the caller must be ready for
 * `NeedsPortableInflater`.
 */
export function usesZlibSync(blobBytes: number): boolean {
  return suitsZlibSync(blobBytes) && !isHandleTested() && loadZlibSync() !== null;
}

/** Creates an inflater that passes on what a decoder yields. */
export function inflaterOf(decoder: Decoder): Inflater {
  return {
    engine: decoder.engine,
    push(chunk, onBytes) {
      for (const piece of decoder.feed(chunk)) onBytes(piece);
    },
    finish(onBytes) {
      for (const piece of decoder.finish()) onBytes(piece);
    },
    trailing: () => decoder.trailing?.() ?? null,
    close: () => decoder.close(),
  };
}

function missing(engine: string, hint: string): LayersError {
  return new LayersError('ERR_LAYERS_ENGINE_MISSING', `${engine} cannot be used on this system`, { hint });
}

/** Opens a codec for raw deflate data. Throws ERR_LAYERS_ENGINE_MISSING. */
export function deflateCodec(): Codec {
  const codec = openNodeCodec('deflate');
  if (codec === null)
    throw missing('node:zlib', 'use Node 20, 22, 24 or 26, or install the package zlib-sync');
  return codec;
}

/** Creates the decoder for gzip or zstd that requires no native package. */
export function portableDecoder(
  compression: 'gzip' | 'zstd',
  options: Omit<InflaterOptions, 'engine'> = {},
): Decoder {
  return compression === 'gzip' ? gzipDecoder(deflateCodec(), options) : zstdDecoder();
}

/** Creates the decoder for zstd that requires no native package; see `FrameListener`. */
export function zstdDecoder(onFrame?: FrameListener): Decoder {
  const codec = openNodeCodec('zstd');
  return codec === null ? portableZstdDecoder(onFrame) : nativeZstdDecoder(codec, onFrame);
}

/** A decoder that works in Node's thread pool: it yields pieces of at most 512 KiB, and UNFINISHED. */
export interface PooledDecoder extends Decoder {
  /** Resolves when the next step has output, or has failed. Await it after each UNFINISHED. */
  ready(): Promise<void>;
}

/** Creates a decoder for gzip or zstd that works in Node's thread pool; returns null where `canUsePool` is false. */
export function pooledDecoder(
  compression: 'gzip' | 'zstd',
  options: Omit<InflaterOptions, 'engine'> = {},
): PooledDecoder | null {
  const codec = openPooledCodec(compression === 'gzip' ? 'deflate' : 'zstd');
  if (codec === null) return null;
  const decoder = compression === 'gzip' ? gzipDecoder(codec, options) : nativeZstdDecoder(codec);
  return { ...decoder, ready: codec.ready };
}

/**
 * Creates a synchronous decoder for one blob. Close it, also after an error.
 *
 * Its methods throw ERR_LAYERS_GZIP_CORRUPT, _TRUNCATED, _TRAILING; ERR_LAYERS_ZSTD_CORRUPT, _TRUNCATED,
 * _TRAILING, _WINDOW, _DICTIONARY. Unless the engine is `portable` they may also throw `NeedsPortableInflater`.
 */
export function createDecoder(compression: 'gzip' | 'zstd', options: InflaterOptions = {}): Decoder {
  const { engine = 'auto' } = options;
  if (compression === 'gzip' && engine !== 'portable') {
    const library = engine === 'zlib-sync' || !isHandleTested() ? loadZlibSync() : null;
    if (library !== null) return zlibSyncDecoder(library);
    if (engine === 'zlib-sync') throw missing('zlib-sync', 'install the package zlib-sync');
  }
  return portableDecoder(compression, options);
}

/** Creates an inflater from the decoder that `createDecoder` creates. */
export function createInflater(compression: 'gzip' | 'zstd', options: InflaterOptions = {}): Inflater {
  return inflaterOf(createDecoder(compression, options));
}
