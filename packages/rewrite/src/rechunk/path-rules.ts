import { type Component, VOLATILE } from './component-table.js';

/** Files of at least this size are components of their own, unless a package has them. */
const LARGE_BYTES = 2 ** 20;

/** What package managers, the system and builds write anew each time. */
const VOLATILE_PATHS: readonly RegExp[] = [
  /^\/var\/(?:cache|log|tmp|spool|backups)\//,
  /^\/var\/lib\/(?:apk|apt|dnf|dpkg|pacman|rpm|systemd|ucf|yum|zypp)(?:\/|$)/,
  /^\/(?:usr\/)?lib\/apk\//,
  /^\/usr\/lib\/sysimage\//,
  /^\/usr\/share\/rpm\//,
  /^\/(?:tmp|run|root\/\.cache|root\/\.npm)\//,
  /^\/etc\/(?:apk\/world|hostname|hosts|ld\.so\.cache|machine-id|mtab|resolv\.conf)$/,
  /^\/etc\/(?:group|gshadow|passwd|shadow|subgid|subuid)-?$/,
  /^\/usr\/share\/(?:info\/dir|mime\/mime\.cache|icons\/[^/]+\/icon-theme\.cache)$/,
];

/** dpkg's files about a package, but for its list of files, which dpkg writes when it installs the package. */
const DPKG_INFO = /^\/var\/lib\/dpkg\/info\/([^/:]+)(?::[a-z0-9-]+)?\.(?!list$)[a-z0-9]+$/;

const NODE_MODULE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const SITE = /^(.*\/(?:site|dist)-packages)\/([^/]+)/;
const GEM = /^(.*\/(?:gems|specifications))\/([^/]+?)-\d[^/]*?(?:\.gemspec)?(?:\/|$)/;
const GO_MODULE = /^(.*\/pkg\/mod\/[^@]+)@v[^/]+\//;

/** Returns the package whose files dpkg describes in a file, or null. */
export function dpkgPackageOf(path: string): string | null {
  return DPKG_INFO.exec(path)?.[1] ?? null;
}

/** Returns whether a path has what is written anew with every build. */
export function isVolatile(path: string): boolean {
  return VOLATILE_PATHS.some((pattern) => pattern.test(path));
}

/**
 * Returns the component of a path that no package of the distribution has: a package of a language, a large file, or a
 * directory. Names have no versions, so that a new version is the same component.
 *
 * @param path bytes as characters (latin1), absolute
 */
export function componentOfPath(path: string, bytes: number): Component {
  if (isVolatile(path)) return VOLATILE;
  const language = languagePackage(path);
  if (path.includes('/__pycache__/'))
    return { name: `compiled ${language ?? directoryOf(path)}`, kind: 'compiled' };
  if (language !== null) return { name: language, kind: 'language' };
  if (bytes >= LARGE_BYTES) return { name: path, kind: 'files' };
  return { name: directoryOf(path), kind: 'files' };
}

function languagePackage(path: string): string | null {
  const [node] = NODE_MODULE.exec(path) ?? [];
  if (node !== undefined) return `npm ${node}`;
  const [, site, entry] = SITE.exec(path) ?? [];
  if (site !== undefined && entry !== undefined) return `python ${site}/${pythonName(entry)}`;
  const [, gems, gem] = GEM.exec(path) ?? [];
  if (gems !== undefined) return `gem ${gems.replace(/\/(?:gems|specifications)$/, '')}/${gem}`;
  const [, module] = GO_MODULE.exec(path) ?? [];
  return module === undefined ? null : `go ${module}`;
}

/** Returns the normalized name of a Python package from that of its directory, its metadata or its libraries. */
function pythonName(entry: string): string {
  return entry
    .replace(/-\d.*\.(?:dist|egg)-info$/, '')
    .replace(/\.(?:libs|py|pth|so|data)$/, '')
    .replace(/[-_.]+/g, '-')
    .toLowerCase();
}

/** Returns the two uppermost directories of a path, or three below `/usr`. */
function directoryOf(path: string): string {
  const names = path.split('/', 6).slice(1, -1);
  return `/${names.slice(0, names[0] === 'usr' ? 3 : 2).join('/')}`;
}
