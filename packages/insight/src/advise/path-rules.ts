import type { AdviceCode } from './codes.js';

/** A kind of files that most images do not need, and how to keep them out. */
export interface PathRule {
  readonly code: AdviceCode;
  /** What the files are, as the subject of a sentence. */
  readonly what: string;
  readonly fix: string;
  readonly example: string | null;
}

const cache = (what: string, fix: string, example: string): PathRule => ({
  code: 'package-cache',
  what,
  fix,
  example,
});

const APT = cache(
  'lists and archives of apt',
  'remove them in the RUN that installs packages',
  'RUN apt-get update && apt-get install -y --no-install-recommends PACKAGE && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb',
);
const APK = cache('the cache of apk', 'install without a cache', 'RUN apk add --no-cache PACKAGE');
const DNF = cache(
  'the cache of dnf or yum',
  'clean it in the RUN that installs packages',
  'RUN dnf install -y PACKAGE && dnf clean all && rm -rf /var/cache/dnf /var/cache/yum',
);
const PACMAN = cache(
  'the cache of pacman',
  'clean it in the RUN that installs packages',
  'RUN pacman -Syu --noconfirm PACKAGE && pacman -Scc --noconfirm',
);
const ZYPPER = cache(
  'the cache of zypper',
  'clean it in the RUN that installs packages',
  'RUN zypper install -y PACKAGE && zypper clean -a',
);
const mounted = (what: string, target: string, command: string): PathRule =>
  cache(
    what,
    'keep the cache out of the image: mount it during the RUN (BuildKit)',
    `RUN --mount=type=cache,target=${target} ${command}`,
  );
const PIP = cache(
  'the cache of pip',
  'install without a cache',
  'RUN pip install --no-cache-dir -r requirements.txt',
);
const NPM = mounted('the cache of npm', '/root/.npm', 'npm ci');
const YARN = mounted('the cache of yarn', '/usr/local/share/.cache/yarn', 'yarn install --frozen-lockfile');
const PNPM = mounted('the store of pnpm', '/root/.local/share/pnpm/store', 'pnpm install --frozen-lockfile');
const GO_BUILD = mounted('the build cache of Go', '/root/.cache/go-build', 'go build ./...');
const GO_MODULES = mounted('downloaded Go modules', '/go/pkg/mod', 'go build ./...');
const MAVEN = mounted('the repository of Maven', '/root/.m2', 'mvn -B package');
const GRADLE = mounted('the caches of Gradle', '/root/.gradle', 'gradle build');
const CARGO = mounted('the registry of Cargo', '/usr/local/cargo/registry', 'cargo build --release');
const UV = mounted('the cache of uv', '/root/.cache/uv', 'uv sync --frozen');
const CONDA = cache(
  'downloaded packages of conda',
  'clean them in the RUN that installs packages',
  'RUN conda install -y PACKAGE && conda clean -afy',
);
const COMPOSER = mounted('the cache of Composer', '/root/.composer/cache', 'composer install --no-dev');
const GEM = cache(
  'downloaded gems',
  'remove them in the RUN that installs gems',
  'RUN bundle install && rm -rf "$(gem env gemdir)/cache"',
);

const VERSION_CONTROL: PathRule = {
  code: 'version-control',
  what: 'the history of the sources',
  fix: 'name the directory in .dockerignore, or copy only what the image needs',
  example: null,
};
const BYTECODE: PathRule = {
  code: 'bytecode',
  what: 'compiled Python files',
  fix: 'do not compile while the image is built, and name __pycache__ in .dockerignore',
  example: 'ENV PYTHONDONTWRITEBYTECODE=1',
};
const TEMPORARY: PathRule = {
  code: 'temporary-files',
  what: 'temporary files and logs',
  fix: 'remove them in the RUN that writes them',
  example: 'RUN make install && rm -rf /tmp/* /var/log/*',
};
const DOCUMENTATION: PathRule = {
  code: 'documentation',
  what: 'manuals, documentation and translations',
  fix: 'do not install them: dpkg, dnf and apk have options that leave them out',
  example: "RUN printf 'path-exclude=/usr/share/%s/*\\n' doc man info locale > /etc/dpkg/dpkg.cfg.d/01_nodoc",
};
const TESTS: PathRule = {
  code: 'tests',
  what: 'the tests of libraries',
  fix: 'install dependencies for production alone, and remove their tests in the same RUN',
  example: 'RUN npm ci --omit=dev',
};
const BUILD_TOOLS: PathRule = {
  code: 'build-tools',
  what: 'compilers, headers and other tools of a build',
  fix: 'build in a stage of its own, and copy only the result; an image to build with needs them',
  example: 'COPY --from=build /app /app',
};

/** Directories by their whole path. `*` stands for any one name. */
const DIRECTORIES: readonly (readonly [path: string, rule: PathRule])[] = [
  ['/var/lib/apt/lists', APT],
  ['/var/cache/apt', APT],
  ['/var/cache/apk', APK],
  ['/etc/apk/cache', APK],
  ['/var/cache/dnf', DNF],
  ['/var/cache/libdnf5', DNF],
  ['/var/cache/yum', DNF],
  ['/var/cache/pacman', PACMAN],
  ['/var/cache/zypp', ZYPPER],
  ['/usr/local/share/.cache/yarn', YARN],
  ['/go/pkg/mod', GO_MODULES],
  ['/usr/local/cargo/registry', CARGO],
  ['/opt/conda/pkgs', CONDA],
  ['/usr/local/bundle/cache', GEM],
  ['/usr/lib/ruby/gems/*/cache', GEM],
  ['/usr/local/lib/ruby/gems/*/cache', GEM],
  ['/var/lib/gems/*/cache', GEM],
  ['/tmp', TEMPORARY],
  ['/var/tmp', TEMPORARY],
  ['/var/log', TEMPORARY],
  ['/usr/share/doc', DOCUMENTATION],
  ['/usr/share/man', DOCUMENTATION],
  ['/usr/share/info', DOCUMENTATION],
  ['/usr/share/locale', DOCUMENTATION],
  ['/usr/share/gtk-doc', DOCUMENTATION],
  ['/usr/local/share/doc', DOCUMENTATION],
  ['/usr/local/share/man', DOCUMENTATION],
  ['/usr/lib/gcc', BUILD_TOOLS],
  ['/usr/libexec/gcc', BUILD_TOOLS],
  ['/usr/include', BUILD_TOOLS],
  ['/usr/local/go', BUILD_TOOLS],
  ['/usr/lib/go', BUILD_TOOLS],
  ['/usr/local/rustup', BUILD_TOOLS],
  ['/usr/local/cargo', BUILD_TOOLS],
  ['/usr/share/maven', BUILD_TOOLS],
  ['/opt/gradle', BUILD_TOOLS],
  ['/usr/share/cmake', BUILD_TOOLS],
];

/** Directories below a home directory, or at any place. */
const NAMED: readonly (readonly [path: string, rule: PathRule])[] = [
  ['.cache/pip', PIP],
  ['.cache/uv', UV],
  ['.cache/yarn', YARN],
  ['.cache/go-build', GO_BUILD],
  ['.cache/composer', COMPOSER],
  ['.composer/cache', COMPOSER],
  ['.npm/_cacache', NPM],
  ['.npm/_logs', NPM],
  ['.yarn/cache', YARN],
  ['.local/share/pnpm/store', PNPM],
  ['.pnpm-store', PNPM],
  ['go/pkg/mod', GO_MODULES],
  ['.m2/repository', MAVEN],
  ['.gradle/caches', GRADLE],
  ['.cargo/registry', CARGO],
  ['.cargo/git', CARGO],
  ['.git', VERSION_CONTROL],
  ['.hg', VERSION_CONTROL],
  ['.svn', VERSION_CONTROL],
  ['__pycache__', BYTECODE],
];

/** Directories of tests, below a directory of libraries. */
const TEST_NAMES: ReadonlySet<string> = new Set(['test', 'tests', '__tests__', 'testdata']);
const LIBRARIES = /\/(?:node_modules|site-packages|dist-packages)\//;

/** Python 2 stores compiled files beside their sources. */
const LIBRARY_OF_PYTHON = /\/(?:python\d[^/]*|site-packages|dist-packages)(?:\/|$)/;

const VERSIONED_TOOLS = /^\/usr\/(?:lib|share)\/(?:llvm-\d[^/]*|go-\d[^/]*|cmake-\d[^/]*)$/;
/** The programs of gcc, binutils and clang, with a target or a version in their names. */
const TOOL =
  /^(?:[a-z0-9_]+-(?:alpine-)?linux-(?:gnu|musl)[a-z0-9]*-)?(?:gcc|g\+\+|c\+\+|cpp|cc|clang|clang\+\+|ld\.bfd|ld\.gold|as|gold|objdump|rustc|cargo|cmake|ctest|cpack|lto-dump)(?:-\d[\d.]*)?$/;

const byPath = new Map(DIRECTORIES);
const patterns = DIRECTORIES.filter(([path]) => path.includes('*')).map(
  ([path, rule]) => [new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`), rule] as const,
);
const byName = new Map<string, (readonly [suffix: string, rule: PathRule])[]>();
for (const [path, rule] of NAMED) {
  const last = path.slice(path.lastIndexOf('/') + 1);
  byName.set(last, [...(byName.get(last) ?? []), [`/${path}`, rule]]);
}

/** The last parts of the paths above, of those of tests and of the directories that `fileRuleIn` knows. */
const NAMES: readonly string[] = [
  ...[...DIRECTORIES, ...NAMED].map(([path]) => path.slice(path.lastIndexOf('/') + 1)),
  ...TEST_NAMES,
  ...['bin', 'site-packages', 'dist-packages'],
];
/** The starts of names with versions. */
const STARTS = ['llvm-', 'go-', 'cmake-', 'python'];

const LONGEST = 31;
/** By the first byte of the name of a directory, a bit for each length with which it can have a rule. */
const LENGTHS = new Int32Array(256);
const addLengths = (name: string, lengths: number): void => {
  const first = name.charCodeAt(0);
  LENGTHS[first] = (LENGTHS[first] ?? 0) | lengths;
};
for (const name of NAMES) addLengths(name, 1 << Math.min(name.length, LONGEST));
for (const start of STARTS) addLengths(start, -1 << start.length);
const RULED = new Set(NAMES);

/**
 * Whether a directory may have rules of its own, by its name. Few have, and an image may have a hundred thousand directories, so
 * that paths are not made of all.
 */
export function mayHaveRule(name: Uint8Array): boolean {
  if ((((LENGTHS[name[0] ?? 0] ?? 0) >>> Math.min(name.length, LONGEST)) & 1) === 0) return false;
  const text = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
  return RULED.has(text) || STARTS.some((start) => text.startsWith(start));
}

/** Returns the rule for all files below a directory, by its whole path; null for most directories. */
export function directoryRule(path: string): PathRule | null {
  const exact = byPath.get(path);
  if (exact !== undefined) return exact;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = byName.get(name)?.find(([suffix]) => path.endsWith(suffix));
  if (named !== undefined) return named[1];
  if (TEST_NAMES.has(name) && LIBRARIES.test(path)) return TESTS;
  if (VERSIONED_TOOLS.test(path)) return BUILD_TOOLS;
  return patterns.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** Whether a file must stay although a rule says that its directory may go: licences have to be passed on. */
export function isKept(name: string): boolean {
  return name === 'copyright' || /^(?:LICEN[CS]E|COPYING|NOTICE)/i.test(name);
}

/** Returns the rule for a file by its name; null for most files. */
export type FileRule = (name: string) => PathRule | null;

const PYTHON_FILES: FileRule = (name) => (name.endsWith('.pyc') ? BYTECODE : null);

/** Returns the rules for single files of a directory without a rule of its own; null for most directories. */
export function fileRuleIn(directory: string): FileRule | null {
  if (directory === '') return (name) => (/^core(?:\.\d+)?$/.test(name) ? TEMPORARY : null);
  if (directory === '/usr/bin' || directory === '/usr/local/bin') {
    return (name) => (TOOL.test(name) ? BUILD_TOOLS : null);
  }
  return LIBRARY_OF_PYTHON.test(directory) ? PYTHON_FILES : null;
}

/** Returns the rules for single files that the directories in a directory share with it. */
export function sharedFileRule(ofParent: FileRule | undefined): FileRule | null {
  return ofParent === PYTHON_FILES ? ofParent : null;
}
