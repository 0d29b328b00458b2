import { escapeBytesForTerminal, escapeForTerminal } from '../../output/escape.js';

const SLASH = 0x2f;

/** The depth of which nothing lies above: a path is named from the root. */
export const WHOLE = -1;

/**
 * A path, escaped, without what lies above its `depth`th part: what is left to say of it under a heading that names
 * the directory. `base64` are its bytes where they are no UTF-8.
 */
export function nameBelow(path: string, base64: string | undefined, depth: number): string {
  if (base64 !== undefined) {
    const bytes = Buffer.from(base64, 'base64');
    return escapeBytesForTerminal(bytes.subarray(startOf(depth, (from) => bytes.indexOf(SLASH, from))));
  }
  return escapeForTerminal(path.slice(startOf(depth, (from) => path.indexOf('/', from))));
}

/** How many parts a directory's path has: 0 for the root. */
export function depthOf(directory: string): number {
  return directory === '/' ? 0 : directory.split('/').length - 1;
}

/** Where the part begins that stands behind `depth + 1` slashes; 0 where there are not as many. */
function startOf(depth: number, nextSlash: (from: number) => number): number {
  let at = -1;
  for (let i = 0; i <= depth; i++) {
    at = nextSlash(at + 1);
    if (at < 0) return 0;
  }
  return at + 1;
}
