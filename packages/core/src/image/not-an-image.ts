import { isLayersError, LayersError } from '@layers/errors';
import type { Compression } from '../compression/sniff.js';
import type { Head } from './input-head.js';
import { type ContentKind, contentKind } from './other-content/content-kind.js';

/** Returns the error for an input without bytes. */
export function emptyInput(): LayersError {
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', 'the input is empty', {
    hint: 'if it comes from a pipe, the command that writes it may have failed',
  });
}

/** Input without one valid tar header is something else, not a damaged tar. */
export function explainFirstHeader(error: unknown, head: Head): unknown {
  if (!isLayersError(error) || error.file !== undefined) return error;
  const isOther = error.code === 'ERR_LAYERS_NOT_A_TAR';
  if (error.offset !== 0 && !isOther) return error;
  if (!isOther && error.code !== 'ERR_LAYERS_TAR_CHECKSUM' && error.code !== 'ERR_LAYERS_TAR_TRUNCATED')
    return error;
  return notAnImage(contentKind(head.bytes()), head.compression, error);
}

/** Returns the error for an input that is not an archive, with what it is. */
export function notAnImage(
  kind: ContentKind | null,
  compression: Compression | null,
  cause?: LayersError,
): LayersError {
  const compressed = compression === null ? '' : `, compressed with ${compression}`;
  const what = kind === null ? '' : `, but ${kind.name}${compressed}`;
  return new LayersError('ERR_LAYERS_NOT_AN_IMAGE', `the input is not a tar or image archive${what}`, {
    cause,
    hint: kind?.advice ?? 'an image archive comes from docker save, skopeo copy or a builder',
  });
}
