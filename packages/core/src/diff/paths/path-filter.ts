import { LayersError } from '@layers/errors';
import { compileGlob, type Glob } from './glob.js';
import { createGlobWalk } from './glob-walk.js';

export interface PathFilter {
  /** Whether every path is included, as there are no patterns. */
  readonly all: boolean;
  /** @param path from the root, as `/etc/passwd`; `/` is the root itself */
  included(path: string): boolean;
  /**
   * Whether nothing below a directory can be included, so that it need not be gone through. It may say false
   * of one where nothing is; for that only names down to it are looked at.
   */
  prunes(directory: string): boolean;
}

/**
 * Which paths are meant, by patterns as in gitignore(5): `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`, `**` for any
 * directories, and besides `{a,b}` for either; a backslash takes a character as it is. A dot at the front of a name
 * is nothing special. `/` alone parts names, on every system.
 *
 * A pattern without a slash, but at its end, is for names at any depth (`*.pyc`); others are for paths from the
 * root, with or without a leading slash (`/var/cache`, `var/cache/`). One that matches a directory takes all below
 * it; `dir/**` takes what is below alone. What `exclude` takes is left out even if `include` takes it; without
 * `include` everything is included.
 *
 * Paths are best asked for directory by directory: what is known of the last one is used again.
 *
 * `?` and brackets take one code point. Any path takes time with its length times that of the patterns at most, and
 * less where it shares directories with the last one.
 *
 * @throws LayersError ERR_LAYERS_USAGE for a pattern that is empty, longer than 65,536 UTF-16 units, begins with `!`,
 *   ends in a backslash, has a part `.` or `..`, a brace that is not closed or holds a range (`{1..9}`), braces that
 *   stand for more than 1,000 patterns or too long ones, a range that is turned round, or a class that is unknown
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
      const inside = fromRoot(path);
      return (include.length === 0 || included.takes(inside)) && !excluded.takes(inside);
    },
    prunes(directory) {
      const inside = fromRoot(directory);
      return excluded.takesAllBelow(inside) || (include.length > 0 && !included.mayTakeBelow(inside));
    },
  };
}

function compiled(pattern: string): Glob[] {
  try {
    return compileGlob(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      `the pattern ${JSON.stringify(pattern)} is wrong: ${error.message}`,
      {
        hint: 'a backslash takes a character as it is, as in \\{',
        cause: error,
      },
    );
  }
}

/** Without slashes at the front and at the end. */
function fromRoot(path: string): string {
  let start = 0;
  let end = path.length;
  while (path[start] === '/') start++;
  while (end > start && path[end - 1] === '/') end--;
  return path.slice(start, end);
}

/** Includes every path. */
export const ALL_PATHS: PathFilter = createPathFilter({});
