import {
  childNamed,
  childrenOf,
  Kind,
  NONE,
  nodePath,
  ROOT,
  resolvePath,
  type Union,
} from '@layers/core/rootfs';
import { CommandError } from '../command-error.js';
import { globMatches } from './path-glob.js';

/** Whether a path can be a pattern by the rules of Go's path.Match. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** A path that a pattern matches. */
export interface Match {
  /** As a shell writes it: with the symlinks and `..` that the pattern goes through. */
  readonly path: Uint8Array;
  /** Its live node. A symlink at the end is not followed. */
  readonly node: number;
}

/**
 * How many places a pattern may visit beyond the number of paths in the image. Without a limit, `*` and `/..` in turn, or
 * symlinks to parent directories, give exponentially many.
 */
const MAX_EXTRA_PLACES = 100_000;

/**
 * Returns the paths that a pattern matches, as a shell in the image finds them: `*` and `?` match no slash, symlinks to
 * directories are followed within the root, and a slash at the end selects directories. Unlike in a shell, a path that
 * exists literally is the only match, and `*` also matches names that begin with a dot. Each level is in byte order.
 *
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND for a pattern without matches, ERR_LAYERS_LIMIT for one with too many
 */
export function expandPattern(union: Union, pattern: string): readonly Match[] {
  const parts = partsOf(pattern);
  const literal = walkPattern(union, parts, () => false);
  const found = literal.length > 0 ? literal : walkPattern(union, parts, (part) => /[*?[\\]/.test(part));
  const wanted = pattern.endsWith('/')
    ? found.filter(({ node }) => directoryAt(union, node) !== NONE)
    : found;
  if (wanted.length > 0) return wanted;
  throw noMatch(pattern);
}

function walkPattern(
  union: Union,
  parts: readonly string[],
  isGlob: (part: string) => boolean,
): readonly Match[] {
  let places: readonly Match[] = [{ path: new Uint8Array(0), node: ROOT }];
  let left = union.nodes.count + MAX_EXTRA_PLACES;
  for (const part of parts) {
    const next: Match[] = [];
    for (const { path, node } of places) {
      const directory = directoryAt(union, node);
      if (directory === NONE) continue;
      for (const child of stepsInto(union, directory, part, isGlob(part))) {
        if (--left < 0) throw tooMany(parts);
        next.push({ path: Buffer.concat([path, SLASH, child.name]), node: child.node });
      }
    }
    places = next;
  }
  return places;
}

interface Step {
  readonly name: Uint8Array;
  readonly node: number;
}

function stepsInto(union: Union, directory: number, part: string, isGlob: boolean): readonly Step[] {
  const { nodes } = union;
  const name = Buffer.from(part);
  if (part === '..') return [{ name, node: directory === ROOT ? ROOT : nodes.parentOf(directory) }];
  if (!isGlob) {
    const node = childNamed(union, directory, name);
    return node === NONE ? [] : [{ name, node }];
  }
  return childrenOf(union, directory)
    .map((node) => ({ name: nodes.nameOf(node), node }))
    .filter((child) => globMatches(part, Buffer.from(child.name).toString('utf8')));
}

/** Returns the directory that a node is, or leads to as a symlink; NONE for other nodes. */
function directoryAt(union: Union, node: number): number {
  const { nodes } = union;
  if (nodes.isLiveDirectory(node)) return node;
  if (nodes.kindOf(node) !== Kind.symlink) return NONE;
  const resolved = resolvePath(union, nodePath(union, node));
  return 'node' in resolved && nodes.isLiveDirectory(resolved.node) ? resolved.node : NONE;
}

const SLASH = Buffer.from('/');

function partsOf(pattern: string): string[] {
  return pattern.split('/').filter((part) => part !== '' && part !== '.');
}

function tooMany(parts: readonly string[]): CommandError {
  return new CommandError('ERR_LAYERS_LIMIT', `too many paths match /${parts.join('/')}`, {
    hint: 'name fewer directories by * and ..',
  });
}

/** Returns the error for a pattern without matches. */
export function noMatch(pattern: string): CommandError {
  return new CommandError('ERR_LAYERS_PATH_NOT_FOUND', `no path matches ${pattern}`, {
    hint: 'layers ls -R IMAGE lists the paths of the image; * and ? match no slash',
  });
}
