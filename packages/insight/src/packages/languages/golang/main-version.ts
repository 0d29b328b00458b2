import type { ModuleLines } from './module-lines.js';

/** `-X importpath.name=value`, also in quotes. */
const LINKED_VALUE = /-X[ =]?["']?([^\s"'=]{1,256})\.(\w{1,64})=["']?([^\s"']{1,128})/g;

/** The names of variables that hold the version of a program. */
const VERSION_NAME = /(?:version|ver|tag|release)$/i;

/** The names of variables that hold the version of something else. */
const OTHER_VERSION_NAME = /^(?:go|golang|min|max|api|schema|proto|db|config|k8s|kube)/i;

const SEMANTIC_VERSION = /(?:^|[/@-])v?(\d+\.\d+\.\d+(?:[-+][\w.+-]*)?)$/;

/** The limit of settings that are searched. */
const MAX_FLAGS = 64 * 1024;

/**
 * Returns a version for a main module whose version is `(devel)`: the one that `-ldflags` set in a variable of the
 * program; else the pseudo-version of the commit (https://go.dev/ref/mod#pseudo-versions). Null where there is none.
 */
export function mainVersion({ main, settings }: ModuleLines): string | null {
  return linkedVersion(settings.get('-ldflags') ?? '', main?.path ?? '') ?? pseudoVersion(settings);
}

function linkedVersion(flags: string, mainPath: string): string | null {
  if (flags.length > MAX_FLAGS) return null;
  for (const [, path = '', name = '', value = ''] of flags.matchAll(LINKED_VALUE)) {
    // Other packages have variables for versions of their own.
    const isOwn = path === 'main' || path === mainPath || path.startsWith(`${mainPath}/`);
    if (!isOwn || !VERSION_NAME.test(name) || OTHER_VERSION_NAME.test(name)) continue;
    const version = SEMANTIC_VERSION.exec(value)?.[1];
    if (version !== undefined) return `v${version}`;
  }
  return null;
}

function pseudoVersion(settings: ReadonlyMap<string, string>): string | null {
  const revision = settings.get('vcs.revision') ?? '';
  const time = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(settings.get('vcs.time') ?? '');
  if (!/^[0-9a-f]{12,}$/.test(revision) || time === null) return null;
  return `v0.0.0-${time.slice(1).join('')}-${revision.slice(0, 12)}`;
}
