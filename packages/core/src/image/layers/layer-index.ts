import { type ErrorCode, type ErrorPlace, isLayersError, LayersError } from '@layers/errors';
import type { Compression } from '../../compression/sniff.js';
import type { Digest } from '../../digest/digest.js';
import type { Changeset } from '../../rootfs/changeset.js';

/** What reading one layer's bytes gave. Digests here are facts: computed, never declared. */
export interface LayerIndex {
  readonly changeset: Changeset;
  /** By the bytes, whatever a media type says. */
  readonly compression: Compression | null;
  /** Bytes of the blob as stored. */
  readonly storedBytes: number;
  /** Bytes of the layer uncompressed. */
  readonly tarBytes: number;
  /** Digests of the blob and of the uncompressed layer, by algorithm; none where they were not asked for. */
  readonly digests: readonly Digest[];
  readonly diffIds: readonly Digest[];
  /** Whether all of the blob could be decompressed. */
  readonly inflated: boolean;
  /** Why the layer could not be read to its end; the changeset then holds what came before. */
  readonly problem: Problem | null;
}

/** An error as data, so that it can cross threads and stand in a list. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** Position in bytes in what was being read. */
  readonly offset: number | null;
}

/** One of our errors as data; any other is a fault of ours or of the machine and is thrown on. */
export function problemOf(error: unknown): Problem {
  if (!isLayersError(error)) throw error;
  return { code: error.code, message: error.message, hint: error.hint ?? null, offset: error.offset ?? null };
}

/** The problem as an error again, told where it happened. */
export function errorOf(problem: Problem, place: ErrorPlace): LayersError {
  return new LayersError(problem.code, problem.message, {
    ...place,
    hint: problem.hint ?? undefined,
    offset: problem.offset ?? undefined,
  });
}
