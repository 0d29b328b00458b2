import { LayersError } from '@layers/errors';
import type { LayerCompression } from '@layers/rewrite/image';

export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;

export interface CompressionFlags {
  readonly compression?: LayerCompression['kind'];
  readonly level?: number;
}

/** How new layers are to be packed; undefined for as they were. Throws ERR_LAYERS_USAGE. */
export function compressionFlag({ compression, level }: CompressionFlags): LayerCompression | undefined {
  if (compression !== undefined && (compression !== 'none' || level === undefined)) {
    return { kind: compression, level: level ?? null };
  }
  if (level === undefined) return undefined;
  throw new LayersError('ERR_LAYERS_USAGE', '--level says how hard to compress, and nothing says with what', {
    hint: 'add --compression gzip or --compression zstd',
  });
}
