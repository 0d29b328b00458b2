import { contentKind } from '../other-content/content-kind.js';
import type { Problem } from './layer-index.js';

/** How many of the first bytes of a layer are looked at: those of the first header. */
export const FIRST_HEADER_BYTES = 512;

/**
 * Returns the problem of a layer without a first header: that it is not a tar, where the bytes show what it is. Such a
 * layer is not damaged.
 *
 * @param head the first {@link FIRST_HEADER_BYTES} bytes of the uncompressed layer, or all of a shorter one
 */
export function namedProblem(problem: Problem, head: Uint8Array): Problem {
  const isShort = problem.code === 'ERR_LAYERS_TAR_TRUNCATED';
  if (problem.offset !== 0 || !(isShort || problem.code === 'ERR_LAYERS_TAR_CHECKSUM')) return problem;
  const kind = contentKind(head);
  // A truncated tar may end inside the first name.
  if (kind === null || (isShort && kind.name === 'text')) return problem;
  return { code: 'ERR_LAYERS_NOT_A_TAR', message: `not a tar, but ${kind.name}`, hint: null, offset: null };
}
