import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { WrittenImage } from '@layers/rewrite/image';
import type { OutputFormat, WholeCompression } from './archive-form.js';

/** The output of `layers save --json`. */
export interface SaveDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly output: {
    readonly path: string;
    readonly format: OutputFormat;
    readonly compression: WholeCompression;
    /** Exact bytes of the archive, or of all files of a layout. */
    readonly sizeBytes: number;
  };
  readonly images: readonly SavedImage[];
  readonly findings: readonly Finding[];
}

export interface SavedImage {
  readonly id: string;
  readonly manifestDigest: string | null;
  readonly tags: readonly string[];
  readonly layers: number;
  readonly storedBytes: number;
}

/** Returns the facts of a written image. */
export function savedImage({ id, manifestDigest, tags, layers }: WrittenImage): SavedImage {
  const storedBytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { id, manifestDigest, tags, layers: layers.length, storedBytes };
}
