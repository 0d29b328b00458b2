import type { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import type { RechunkReport } from '@layers/rewrite/change';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import type { OutputFormat, WholeCompression } from './archive-form.js';

/** The output of `--json` for commands that write images. */
export interface ChangeDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly output: {
    readonly path: string;
    readonly format: OutputFormat;
    readonly compression: WholeCompression;
    /** Exact bytes of the archive, or of all files of a layout. */
    readonly sizeBytes: number;
  };
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  readonly images: readonly ChangedImage[];
  /** Whether the root file systems before and after are the same; null without `--check`. */
  readonly sameRootfs: boolean | null;
  /** Findings about the images that were read, and about what was added. */
  readonly findings: readonly Finding[];
}

export interface ChangedImage {
  /** Null where a dry run cannot compute it. */
  readonly id: string | null;
  readonly manifestDigest: string | null;
  readonly tags: readonly string[];
  readonly storedBytes: number;
  readonly layers: readonly ChangedLayer[];
  readonly before: { readonly id: string | null; readonly layers: number; readonly storedBytes: number };
  /** What the new layers of `rechunk` achieve. */
  readonly rechunk?: RechunkReport;
}

export interface ChangedLayer {
  readonly layer: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly mediaType: string | null;
  readonly storedBytes: number;
  /** Whether the blob is unchanged from the input. */
  readonly kept: boolean;
}

/** Returns the facts of a written image and of its source. */
export function changedImageOf(before: ReadImage, written: WrittenImage): ChangedImage {
  const layers = written.layers.map(
    ({ digest, diffId, mediaType, sizeBytes, kept }, index): ChangedLayer => ({
      layer: index,
      digest,
      diffId,
      mediaType,
      storedBytes: sizeBytes,
      kept,
    }),
  );
  const { id, manifestDigest, tags } = written;
  return { id, manifestDigest, tags, storedBytes: sumOf(layers), layers, before: beforeOf(before) };
}

/**
 * Returns the facts of an image that would be written. Its new layers are uncompressed, so that their sizes are known.
 */
export function plannedImageOf(before: ReadImage, planned: NewImage): ChangedImage {
  const layers = planned.layers.map((layer, index): ChangedLayer => {
    if (layer.kind === 'generated') {
      const storedBytes = layer.tarBytes ?? 0;
      return { layer: index, digest: null, diffId: null, mediaType: null, storedBytes, kept: false };
    }
    const { digest, diffId, mediaType, sizeBytes } = layer;
    return { layer: index, digest, diffId, mediaType, storedBytes: sizeBytes, kept: true };
  });
  return {
    id: null,
    manifestDigest: null,
    tags: planned.tags,
    storedBytes: sumOf(layers),
    layers,
    before: beforeOf(before),
  };
}

function beforeOf({ description, layers }: ReadImage): ChangedImage['before'] {
  return {
    id: description.id,
    layers: layers.length,
    storedBytes: layers.reduce((sum, { index }) => sum + (index?.storedBytes ?? 0), 0),
  };
}

function sumOf(layers: readonly ChangedLayer[]): number {
  return layers.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
}
