import type { ImageFlags } from '../session.js';

/** The options of `layers load`. */
export interface LoadFlags extends ImageFlags {
  readonly input?: string;
  readonly all?: boolean;
  readonly compress?: 'gzip' | 'zstd';
  readonly to?: string;
}
