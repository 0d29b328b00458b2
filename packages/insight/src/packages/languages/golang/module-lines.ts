/** A module of a program. */
export interface GoModule {
  readonly path: string;
  /** Such as `v1.2.3`; `(devel)` or empty where it is unknown. */
  readonly version: string;
}

/** The modules and settings that a program was built with. */
export interface ModuleLines {
  /** The import path of the package `main`; empty where it is unknown. */
  readonly path: string;
  /** Null where the build info has no main module. */
  readonly main: GoModule | null;
  /** With replacements in the place of what they replace. */
  readonly dependencies: readonly GoModule[];
  /** Settings of the build, such as `-ldflags` and `vcs.revision`. */
  readonly settings: ReadonlyMap<string, string>;
}

/** The limit of dependencies, ten times that of the largest programs. */
const MAX_DEPENDENCIES = 50_000;

/** Parses the lines that `go version -m` prints: words and tabs, one module or setting a line. */
export function parseModuleLines(text: string): ModuleLines {
  let path = '';
  let main: GoModule | null = null;
  let last: 'main' | 'dependency' | null = null;
  const dependencies: GoModule[] = [];
  const settings = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [word, ...columns] = line.split('\t');
    const [first = '', version = ''] = columns;
    if (word === 'path') path = first;
    if (word === 'mod') {
      main = { path: first, version };
      last = 'main';
    } else if (word === 'dep') {
      if (dependencies.length >= MAX_DEPENDENCIES) break;
      dependencies.push({ path: first, version });
      last = 'dependency';
    } else if (word === '=>' && last !== null) {
      if (last === 'main') main = replaced(main, first, version);
      else dependencies.push(replaced(dependencies.pop() ?? null, first, version));
      last = null;
    } else if (word === 'build') {
      const [key, value] = settingOf(columns.join('\t'));
      if (key !== '') settings.set(key, value);
    }
  }
  return { path, main, dependencies, settings };
}

/** A module that a directory replaces keeps its path; the code has no known version. */
function replaced(original: GoModule | null, path: string, version: string): GoModule {
  const isDirectory = path.startsWith('.') || path.startsWith('/');
  return isDirectory ? { path: original?.path ?? '', version: '' } : { path, version };
}

/** Splits `key=value`. Either may be quoted. */
function settingOf(text: string): readonly [string, string] {
  const [, key = '', value = ''] = /^("(?:[^"\\]|\\.)*"|[^="`]+)=(.*)$/.exec(text) ?? [];
  return [unquoted(key), unquoted(value)];
}

/** The escapes of Go that settings contain are also those of JSON. */
function unquoted(text: string): string {
  if (text.startsWith('`') && text.endsWith('`') && text.length > 1) return text.slice(1, -1);
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
