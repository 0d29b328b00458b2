import type { LayerCompression } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';

export interface CompressionFlags {
  readonly compression?: LayerCompression['kind'];
  readonly level?: number;
}

/** Returns the compression of new layers; undefined keeps that of the input. Throws ERR_LAYERS_USAGE. */
export function compressionFlag({ compression, level }: CompressionFlags): LayerCompression | undefined {
  if (compression !== undefined && (compression !== 'none' || level === undefined)) {
    return { kind: compression, level: level ?? null };
  }
  if (level === undefined) return undefined;
  throw usageError(
    '--level needs --compression',
    'add --compression gzip or --compression zstd for the layers; an archive as a whole, such as .tar.zst, has no other level',
  );
}
