import { type ErrorCode, type ErrorPlace, isLayersError, LayersError } from '@layers/errors';
import type { Compression } from '../../compression/sniff.js';
import type { Digest } from '../../digest/digest.js';
import type { Finding } from '../../findings/finding.js';
import type { Changeset } from '../../rootfs/changeset.js';

/** The result of reading one layer's bytes. Its digests are computed, never declared. */
export interface LayerIndex {
  readonly changeset: Changeset;
  /** Recognised by content, not by media type. */
  readonly compression: Compression | null;
  /** Bytes of the blob as stored. */
  readonly storedBytes: number;
  /** Bytes of the layer uncompressed. */
  readonly tarBytes: number;
  /** Digests of the blob as stored, one for each requested algorithm. */
  readonly digests: readonly Digest[];
  /** Digests of the uncompressed layer, one for each requested algorithm. */
  readonly diffIds: readonly Digest[];
  /** Whether the whole blob was decompressed. */
  readonly inflated: boolean;
  /** Why the layer was not read to its end; the changeset then has the entries before the error. */
  readonly problem: Problem | null;
  /** How to read the layer in the middle, as `encodeIndex` encodes it; null where that was not requested or not possible. */
  readonly accessPoints: Uint8Array | null;
  /** How its table of contents differs from its tar. Not in the changeset: another blob may have the same tar. */
  readonly tocFindings: readonly Finding[];
}

/** An error as plain data that can be sent between threads. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** Position in bytes in the data that was being read. */
  readonly offset: number | null;
}

/** Problems that are not in the bytes of a layer: they concern the whole image, or the machine. */
const OTHER_PROBLEMS: ReadonlySet<ErrorCode> = new Set([
  'ERR_LAYERS_LIMIT',
  'ERR_LAYERS_READ',
  'ERR_LAYERS_INPUT_CHANGED',
  'ERR_LAYERS_ENGINE_MISSING',
]);

/** Whether a problem, if there is one, is in the bytes of the layer, so that it is found again wherever they are read. */
export function isOfLayer(problem: Problem | null): boolean {
  return problem === null || !OTHER_PROBLEMS.has(problem.code);
}

/** Whether a layer is something else than a tar, not a damaged tar. */
export function isNotTar({ problem }: LayerIndex): boolean {
  return problem?.code === 'ERR_LAYERS_NOT_A_TAR';
}

/** Whether the files of a layer are not known, because it is damaged, or has a form that is not supported. */
export function isUnread({ problem }: LayerIndex): boolean {
  return problem !== null && isOfLayer(problem);
}

/** Whether the files of a layer are those that a table of contents declares: the layer was not read. */
export function isDeclared({ inflated, problem }: LayerIndex): boolean {
  return !inflated && problem === null;
}

/** Returns a LayersError as data. Throws any other error, because it is a bug or a fault of the machine. */
export function problemOf(error: unknown): Problem {
  if (!isLayersError(error)) throw error;
  return { code: error.code, message: error.message, hint: error.hint ?? null, offset: error.offset ?? null };
}

/** Returns the problem as a LayersError, with the place where it happened. */
export function errorOf(problem: Problem, place: ErrorPlace): LayersError {
  return new LayersError(problem.code, problem.message, {
    ...place,
    hint: problem.hint ?? undefined,
    offset: problem.offset ?? undefined,
  });
}
