import type { Changeset } from '@layers/core/rootfs';
import type { LayerChunks } from '../chunks/chunk-list.js';
import type { FoundProblem } from '../folder/state.js';
import type { Columns } from '../schema/rows.js';
import type { Contents } from './layer-hasher.js';
import type { ZstdSample } from './zstd-sample.js';

/** A blob of a layer that an image has, and its files where they are not known yet. */
export interface LayerFacts {
  /** The digest of the blob. */
  readonly digest: string;
  readonly diffId: string;
  readonly mediaType: string | null;
  readonly compression: string | null;
  readonly storedBytes: number;
  readonly tarBytes: number;
  readonly contentBytes: number;
  readonly entries: number;
  readonly instruction: string | null;
  /** When the history says that the instruction ran. */
  readonly created: Date | null;
  /** Null for a tar that was not read for its contents. */
  readonly files: LayerFiles | null;
  /** Null for a tar that was not read for its contents. */
  readonly sample: ZstdSample | null;
  /** Null for a tar that was not read for its chunks. */
  readonly chunks: LayerChunks | null;
}

/** The entries of a layer, compact; `fileBatches` makes rows of them. */
export interface LayerFiles {
  readonly changeset: Changeset;
  readonly contents: Contents;
}

/** What was read of an image. Plain data. */
export interface ImageFacts {
  readonly configDigest: string | null;
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
  readonly created: Date | null;
  readonly distribution: string | null;
  readonly rootfsBytes: number;
  readonly files: number;
  readonly layers: readonly LayerFacts[];
  /** Columns of `hidden`, `links` and `packages` after `image`. */
  readonly hidden: Columns;
  readonly links: Columns;
  readonly packages: Columns;
  /** What does not keep the image from being counted. */
  readonly problems: readonly FoundProblem[];
}

/** The result of reading an image: what it has, or why it cannot be counted. */
export type ImageReading =
  | { readonly facts: ImageFacts; readonly problems?: never }
  | { readonly facts: null; readonly problems: readonly FoundProblem[] };
