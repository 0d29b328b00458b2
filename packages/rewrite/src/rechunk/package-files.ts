import { packageTreeOf } from '@layers/core/diff';
import { forEachRpmFile, type PackageTree, readPackages } from '@layers/core/distro';
import type { ReadImage } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';

const DPKG_INFO = '/var/lib/dpkg/info';
const DPKG_PARTS = '/var/lib/dpkg/status.d';
const APK_INSTALLED = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** The limit of the lists of files together; those of the largest installations have a fifth. */
const MAX_BYTES = 128 * 2 ** 20;

/** The packages of the distribution in an image. */
export interface PackageFiles {
  /** The component of each path that a package has; paths as {@link canonicalPath} returns them. */
  readonly owners: ReadonlyMap<string, string>;
  /** The components of packages of dpkg, by the name of the package. */
  readonly dpkg: ReadonlyMap<string, string>;
}

/**
 * Reads which files the packages of dpkg, apk and rpm have. The binary packages of one source are one component, because
 * they are built and updated together. Databases that cannot be read have no packages. Throws as reading contents does.
 */
export async function readPackageFiles(image: ReadImage, union: Union): Promise<PackageFiles> {
  const tree = packageTreeOf(image, union);
  const owners = new Map<string, string>();
  const sources = new Map<string, string>();
  for (const { system, packages } of await readPackages(tree)) {
    for (const { name, source } of packages)
      sources.set(`${system} ${name}`, `${system} ${sourceName(system, source) ?? name}`);
  }
  const componentOf = (system: string, name: string): string =>
    sources.get(`${system} ${name}`) ?? `${system} ${name}`;
  const lists = [
    ...filesIn(tree, DPKG_INFO, '.list'),
    ...filesIn(tree, DPKG_PARTS, '.md5sums'),
    ...APK_INSTALLED.filter((path) => tree.find(path) !== null),
  ];
  for (const [path, text] of await readWithin(tree, lists)) {
    if (path.endsWith('/installed')) addApkFiles(text, (name) => componentOf('apk', name), owners);
    else if (path.endsWith('.list')) addPaths(text.split('\n'), componentOf('dpkg', packageOf(path)), owners);
    else addPaths(pathsOfSums(text), componentOf('dpkg', packageOf(path)), owners);
  }
  await forEachRpmFile(tree, (file) => {
    owners.set(canonicalPath(bytesAsText(file.path)), componentOf('rpm', file.package));
  });
  const dpkg = new Map(
    [...sources].flatMap(([name, component]): [string, string][] =>
      name.startsWith('dpkg ') ? [[name.slice(5), component]] : [],
    ),
  );
  return { owners, dpkg };
}

/** Returns a path with `/usr` before the directories that merged systems have there, so that both forms are equal. */
export function canonicalPath(path: string): string {
  return /^\/(?:bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `/usr${path}` : path;
}

/** Returns the name of a source package; rpm has the name of a file with the version. */
function sourceName(system: string, source: string | undefined): string | undefined {
  return system === 'rpm' ? source?.replace(/-[^-]*-[^-]*\.src\.rpm$/, '') : source;
}

function filesIn(tree: PackageTree, directory: string, end: string): string[] {
  return tree
    .list(directory)
    .filter((name) => name.endsWith(end))
    .map((name) => `${directory}/${name}`);
}

/** Reads files, up to a limit of their sizes together, as text with a character for each byte. */
async function readWithin(tree: PackageTree, paths: readonly string[]): Promise<Map<string, string>> {
  let bytes = 0;
  const wanted = paths.filter((path) => {
    bytes += tree.find(path)?.size ?? 0;
    return bytes <= MAX_BYTES;
  });
  const files = await tree.read(wanted);
  return new Map([...files].map(([path, content]) => [path, Buffer.from(content).toString('latin1')]));
}

function packageOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.(?:list|md5sums)$/, '')
    .replace(/:[a-z0-9-]+$/, '');
}

function addPaths(paths: readonly string[], component: string, owners: Map<string, string>): void {
  // A directory of several packages has no owner that matters: only entries without children are looked up.
  for (const path of paths) if (path !== '' && path !== '/.') owners.set(canonicalPath(path), component);
}

/** Returns the paths in a `.md5sums` file of dpkg: a digest, two spaces, and a path without the first slash. */
function pathsOfSums(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.length > 34 ? [`/${line.slice(34)}`] : []));
}

/** Reads the files in the records of apk: `F:` is a directory, `R:` a file in it. */
function addApkFiles(text: string, componentOf: (name: string) => string, owners: Map<string, string>): void {
  let [component, directory] = ['', ''];
  for (const line of text.split('\n')) {
    const value = line.slice(2);
    if (line.startsWith('P:')) component = componentOf(value);
    else if (line.startsWith('F:')) directory = value === '' ? '' : `/${value}`;
    else if (line.startsWith('R:')) owners.set(canonicalPath(`${directory}/${value}`), component);
  }
}

function bytesAsText(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}
