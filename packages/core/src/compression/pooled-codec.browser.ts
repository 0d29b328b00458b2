import type { PooledCodec } from './codec.js';

/** A browser has no thread pool for scripts. */
export function canUsePool(_kind: 'deflate' | 'zstd'): boolean {
  return false;
}

export function openPooledCodec(_kind: 'deflate' | 'zstd'): PooledCodec | null {
  return null;
}
