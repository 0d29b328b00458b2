import type { Executable } from '../executables/executable.js';
import type { LanguagePackage } from '../language-package.js';
import { statedText } from '../stated-text.js';
import { readBuildInfo } from './build-info.js';
import { mainVersion } from './main-version.js';
import { type GoModule, type ModuleLines, parseModuleLines } from './module-lines.js';

const DEVELOPMENT_VERSION = '(devel)';

/** The main module of a program that was built from single files. */
const FILES_ON_COMMAND_LINE = 'command-line-arguments';

/**
 * Returns the modules in a program by the build info that the linker of Go writes, as `go version -m` does. Throws
 * MalformedFile.
 */
export function readGoModules(executable: Executable): LanguagePackage[] {
  const info = readBuildInfo(executable);
  if (info === null) return [];
  const lines = parseModuleLines(info.modules);
  const { main, dependencies } = findMain(lines);
  const packages = dependencies
    .filter(({ path, version }) => path !== main?.path || version !== main.version)
    .map((module) => packageOf(module, module.version, false));
  if (main !== null) {
    const version = isUnknown(main.version) ? mainVersion({ ...lines, main }) : main.version;
    packages.unshift(packageOf(main, version, true));
  }
  packages.push(standardLibrary(info.goVersion));
  return packages.filter(({ name }) => statedText(name) !== null);
}

/**
 * Returns the main module, and the others. For a program that was built from single files, the main module is the
 * only dependency without a version; else its package is taken for a module.
 */
function findMain(lines: ModuleLines): {
  readonly main: GoModule | null;
  readonly dependencies: readonly GoModule[];
} {
  const { path, main, dependencies } = lines;
  if (main !== null && main.path !== FILES_ON_COMMAND_LINE) return { main, dependencies };
  const own = dependencies.filter(({ version }) => version === DEVELOPMENT_VERSION);
  const [only] = own;
  if (only !== undefined && own.length === 1) {
    return { main: only, dependencies: dependencies.filter((each) => each !== only) };
  }
  return { main: path === '' ? null : { path, version: DEVELOPMENT_VERSION }, dependencies };
}

function isUnknown(version: string): boolean {
  return version === '' || version === DEVELOPMENT_VERSION;
}

function packageOf({ path }: GoModule, version: string | null, isMain: boolean): LanguagePackage {
  return {
    ecosystem: 'golang',
    namespace: null,
    name: path,
    version: version === null || isUnknown(version) ? null : statedText(version),
    licences: [],
    platform: null,
    innerPath: null,
    isWholeFile: isMain,
  };
}

/** The version of Go is that of its standard library: `go1.26.0`, `go1.21.4 X:…`, `devel go1.27-0a1b2c …`. */
function standardLibrary(goVersion: string): LanguagePackage {
  const version = /^(?:devel )?go(\d\S*)/.exec(goVersion)?.[1];
  return {
    ...packageOf({ path: 'stdlib', version: '' }, version ?? null, false),
    licences: ['BSD-3-Clause'],
  };
}
