import { findNode, NONE, nodePath, ROOT, type Union, walkNodes } from '@layers/core/rootfs';
import { CommandError } from '../command-error.js';
import { globMatches } from './path-glob.js';

/** Whether a path can be a pattern by the rules of Go's path.Match. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Returns whether a path has the form of a pattern; false for names with such characters that exist. */
export function matches(pattern: string, path: string): boolean {
  return globMatches(`/${pattern.replace(/^\/+/, '').replace(/\/+$/, '')}`, path);
}

/**
 * Returns the paths that a pattern matches, in byte order: `*` and `?` match no slash. A path that is no pattern, or that
 * exists literally, is returned unchanged.
 *
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND for a pattern without matches
 */
export function expandPattern(union: Union, pattern: string): readonly Uint8Array[] {
  const literal = Buffer.from(pattern);
  if (!isPattern(pattern) || findNode(union, literal) !== NONE) return [literal];
  const found: Uint8Array[] = [];
  for (const node of walkNodes(union, ROOT)) {
    const path = nodePath(union, node);
    if (matches(pattern, Buffer.from(path).toString('utf8'))) found.push(path);
  }
  if (found.length > 0) return found;
  throw noMatch(pattern);
}

/** Returns the error for a pattern without matches. */
export function noMatch(pattern: string): CommandError {
  return new CommandError('ERR_LAYERS_PATH_NOT_FOUND', `no path matches ${pattern}`, {
    hint: 'layers ls -R IMAGE lists the paths of the image; * and ? match no slash',
  });
}
