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
  if (kind === null || (isShort && kind.name === 'text' && isPartOfName(head))) return problem;
  return { code: 'ERR_LAYERS_NOT_A_TAR', message: `not a tar, but ${kind.name}`, hint: null, offset: null };
}

/** The mode follows the name in a header, and ends with a NUL byte. */
const NAME_AND_MODE_BYTES = 108;
const LINE_FEED = 0x0a;

/** Returns whether a truncated tar could end inside its first name, and have only this text. */
function isPartOfName(head: Uint8Array): boolean {
  return head.length < NAME_AND_MODE_BYTES && !head.includes(LINE_FEED);
}
