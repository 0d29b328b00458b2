import { packageTreeOf } from '@layers/core/diff';
import { forEachRpmFile, locateDatabases, type PackageTree } from '@layers/core/distro';
import type { ReadImage } from '@layers/core/image';
import { childrenOf, Kind, resolvePath, type Union } from '@layers/core/rootfs';
import { addOwner, canonicalPath, type Owners, type PackageOwner } from './package-owner.js';
import { readApkFiles, readConffiles, readMd5sums, readRecord } from './text-databases.js';

const DPKG_INFO = '/var/lib/dpkg/info';
const DPKG_PARTS = '/var/lib/dpkg/status.d';
const DPKG_STATUS = '/var/lib/dpkg/status';
const MD5SUMS = '.md5sums';
const APK_INSTALLED = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/** The limit of the databases together; those of the largest installations have a fifth. */
const MAX_BYTES = 128 * 2 ** 20;

/**
 * Finds the packages that paths of an image belong to. Reads the lists of files of dpkg, apk, rpm and Python packages.
 * Returns the owners of each path that has one. Throws as reading contents does.
 */
export async function findOwners(
  image: ReadImage,
  union: Union,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly PackageOwner[]>> {
  if (paths.length === 0) return new Map();
  const tree = packageTreeOf(image, union);
  const records = [...sitesOf(paths)].flatMap((site) => recordsIn(union, site));
  const lists = [
    ...tree.list(DPKG_INFO).map((name) => `${DPKG_INFO}/${name}`),
    ...tree.list(DPKG_PARTS).map((name) => `${DPKG_PARTS}/${name}`),
  ].filter((path) => path.endsWith(MD5SUMS));
  const databases = [DPKG_STATUS, ...APK_INSTALLED].filter((path) => tree.find(path) !== null);
  const isListed = lists.length > 0 || databases.length > 0 || records.length > 0;
  // Then nothing is kept for each path.
  if (!isListed && !locateDatabases(tree).some(({ system }) => system === 'rpm')) return new Map();
  const owners: Owners = new Map(paths.map((path) => [canonicalPath(path), []]));
  const files = await readWithin(tree, [...lists, ...databases, ...records.map(({ path }) => path)]);
  const textOf = (path: string): string => files.get(path) ?? '';
  for (const path of lists) readMd5sums(textOf(path), packageOf(path), owners);
  readConffiles(textOf(DPKG_STATUS), owners);
  for (const path of APK_INSTALLED) readApkFiles(textOf(path), owners);
  for (const { path, site, name } of records) readRecord(textOf(path), { site, name }, owners);
  await forEachRpmFile(tree, ({ package: name, path, algorithm, digest }) =>
    addOwner(owners, path, { system: 'rpm', name, algorithm, digest }),
  );
  return new Map(
    paths.flatMap((path) => {
      const found = owners.get(canonicalPath(path)) ?? [];
      return found.length === 0 ? [] : [[path, found]];
    }),
  );
}

/** Reads files as text, up to a limit of their sizes together. */
async function readWithin(tree: PackageTree, paths: readonly string[]): Promise<Map<string, string>> {
  let bytes = 0;
  const wanted = paths.filter((path) => {
    bytes += tree.find(path)?.size ?? 0;
    return bytes <= MAX_BYTES;
  });
  const files = await tree.read(wanted);
  return new Map([...files].map(([path, content]) => [path, Buffer.from(content).toString('utf8')]));
}

function packageOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -MD5SUMS.length).replace(/:[a-z0-9-]+$/, '');
}

const SITE = /^(.*?\/(?:site|dist)-packages)\//;

/** Returns the directories of Python packages that paths are in. */
function sitesOf(paths: readonly string[]): Set<string> {
  return new Set(paths.flatMap((path) => SITE.exec(path)?.[1] ?? []));
}

/** Returns the lists of files of the Python packages in a directory. */
function recordsIn(union: Union, site: string): { path: string; site: string; name: string }[] {
  const resolved = resolvePath(union, site);
  if (!('node' in resolved)) return [];
  return childrenOf(union, resolved.node).flatMap((child) => {
    const directory = Buffer.from(union.nodes.nameOf(child)).toString('utf8');
    const name = /^(.+)\.dist-info$/.exec(directory)?.[1];
    if (name === undefined || union.nodes.kindOf(child) !== Kind.directory) return [];
    return [{ path: `${site}/${directory}/RECORD`, site, name: name.replace(/-[^-]*$/, '') }];
  });
}
