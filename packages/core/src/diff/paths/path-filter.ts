import { LayersError } from '@layers/errors';
import { compileGlob, type Glob } from './glob.js';
import { createGlobWalk } from './glob-walk.js';
import type { PathFilter } from './selected-paths.js';

/**
 * Creates a filter of paths from patterns as in gitignore(5): `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`, `**` for any
 * number of directories, and also `{a,b}` for alternatives. A backslash escapes a character. Wildcards match a
 * leading dot. The separator is `/` on every system. `?` and brackets match one code point.
 *
 * A pattern without a slash, other than at its end, matches names at any depth (`*.pyc`). Other patterns match paths
 * from the root, with or without a leading slash (`/var/cache`, `var/cache/`). A pattern that matches a directory
 * matches all its descendants; `dir/**` matches only the descendants. `exclude` has precedence over `include`.
 * Without `include` everything is included.
 *
 * A query takes at most time proportional to the length of the path times that of the patterns. Queries directory by
 * directory are faster, because the filter keeps the state of the last directory.
 *
 * @throws LayersError ERR_LAYERS_USAGE for a pattern that is empty, longer than 65,536 UTF-16 code units, starts with
 *   `!`, ends with a backslash, or contains: a path component `.` or `..`, an unclosed brace, a range in braces
 *   (`{1..9}`), braces that expand to more than 1,000 patterns, a reversed range, or an unknown character class
 */
export function createPathFilter({
  include = [],
  exclude = [],
}: {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}): PathFilter {
  const included = createGlobWalk(include.flatMap(compiled));
  const excluded = createGlobWalk(exclude.flatMap(compiled));
  return {
    all: include.length === 0 && exclude.length === 0,
    included(path) {
      const relative = fromRoot(path);
      return (include.length === 0 || included.matches(relative)) && !excluded.matches(relative);
    },
    prunes(directory) {
      const relative = fromRoot(directory);
      return excluded.matchesAllBelow(relative) || (include.length > 0 && !included.mayMatchBelow(relative));
    },
  };
}

/**
 * Returns a function that tells whether a path matches one of the patterns. Patterns are as in {@link createPathFilter}, but
 * a pattern that matches a directory does not match what is in it.
 *
 * @throws LayersError as {@link createPathFilter}
 */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const walk = createGlobWalk(patterns.flatMap(compiled), true);
  return (path) => walk.matches(fromRoot(path));
}

function compiled(pattern: string): Glob[] {
  try {
    return compileGlob(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      `invalid pattern ${JSON.stringify(pattern)}: ${error.message}`,
      {
        hint: 'escape special characters with a backslash, as in \\{',
        cause: error,
      },
    );
  }
}

/** Removes leading and trailing slashes. */
function fromRoot(path: string): string {
  let start = 0;
  let end = path.length;
  while (path[start] === '/') start++;
  while (end > start && path[end - 1] === '/') end--;
  return path.slice(start, end);
}
