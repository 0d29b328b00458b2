import { compareVersions } from '../../distro/compare-versions.js';
import { compareText, type InstalledPackage, type PackageSystem } from '../../distro/installed-package.js';
import type { PackageDatabase } from '../../distro/read-packages.js';

/** A difference between the packages of two images, A and B. */
export interface PackageChange {
  readonly system: PackageSystem;
  readonly name: string;
  /** In B, or in A for a removed package. Null where the database has none. */
  readonly architecture: string | null;
  /** In A, where a package of another architecture replaced it. */
  readonly architectureA?: string | null;
  /** `changed` where one version replaced another and neither is newer. */
  readonly change: 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';
  readonly versionA?: string;
  readonly versionB?: string;
}

/** The package databases of one image. A system without a database has no packages. */
export type PackageList = readonly Pick<PackageDatabase, 'system' | 'packages' | 'problem'>[];

const SYSTEMS: readonly PackageSystem[] = ['apk', 'dpkg', 'rpm'];

/**
 * Compares the packages of two images. Returns the changes from A to B, sorted by system, name, architecture and
 * version. Skips systems whose database is unreadable in A or B.
 *
 * A name and an architecture identify a package. One version that replaces another is one change. Where A or B has
 * several versions, as of kernels, each one is added or removed. Where a name occurs once in A and once in B with
 * different architectures, that is one change too: `changed` for the same version.
 */
export function comparePackages(a: PackageList, b: PackageList): PackageChange[] {
  return SYSTEMS.flatMap((system) => {
    const [listA, listB] = [packagesOf(a, system), packagesOf(b, system)];
    return listA === null || listB === null ? [] : compareLists(system, listA, listB);
  });
}

/** Returns null where the packages are unknown. */
function packagesOf(list: PackageList, system: PackageSystem): readonly InstalledPackage[] | null {
  const databases = list.filter((database) => database.system === system);
  if (databases.some(({ problem }) => problem !== null)) return null;
  return databases.flatMap(({ packages }) => packages);
}

/** The versions of a name, by architecture. */
type Versions = Map<string | null, Set<string>>;

function compareLists(
  system: PackageSystem,
  listA: readonly InstalledPackage[],
  listB: readonly InstalledPackage[],
): PackageChange[] {
  const [namesA, namesB] = [byName(listA), byName(listB)];
  const names = [...new Set([...namesA.keys(), ...namesB.keys()])].sort(compareText);
  return names.flatMap((name) =>
    compareName({ system, name }, namesA.get(name) ?? new Map(), namesB.get(name) ?? new Map()),
  );
}

function byName(list: readonly InstalledPackage[]): Map<string, Versions> {
  const names = new Map<string, Versions>();
  for (const { name, architecture, version } of list) {
    const versions: Versions = names.get(name) ?? new Map();
    const ofArchitecture = versions.get(architecture) ?? new Set();
    names.set(name, versions.set(architecture, ofArchitecture.add(version)));
  }
  return names;
}

type Named = Pick<PackageChange, 'system' | 'name'>;

function compareName(named: Named, a: Versions, b: Versions): PackageChange[] {
  const [onlyA, onlyB] = [single(a), single(b)];
  if (onlyA !== null && onlyB !== null && onlyA.architecture !== onlyB.architecture) {
    return [replacement(named, onlyA, onlyB)];
  }
  const architectures = [...new Set([...a.keys(), ...b.keys()])].sort(compareText);
  return architectures.flatMap((architecture) =>
    compareVersionSets({ ...named, architecture }, a.get(architecture), b.get(architecture)),
  );
}

type Single = Pick<InstalledPackage, 'architecture' | 'version'>;

/** Returns the only version of the only architecture; null where there are more or none. */
function single(versions: Versions): Single | null {
  const all = [...versions].flatMap(([architecture, of]) =>
    [...of].map((version) => ({ architecture, version })),
  );
  const [first] = all;
  return first === undefined || all.length > 1 ? null : first;
}

function replacement(named: Named, a: Single, b: Single): PackageChange {
  const order = compareVersions(named.system, a.version, b.version);
  return {
    ...named,
    architecture: b.architecture,
    ...(a.architecture === b.architecture ? {} : { architectureA: a.architecture }),
    change: order < 0 ? 'upgraded' : order > 0 ? 'downgraded' : 'changed',
    versionA: a.version,
    versionB: b.version,
  };
}

function compareVersionSets(
  named: Named & { readonly architecture: string | null },
  a: ReadonlySet<string> = new Set(),
  b: ReadonlySet<string> = new Set(),
): PackageChange[] {
  const removed = [...a].filter((version) => !b.has(version));
  const added = [...b].filter((version) => !a.has(version));
  const [versionA, versionB] = [removed[0], added[0]];
  if (a.size === 1 && b.size === 1 && versionA !== undefined && versionB !== undefined) {
    const { architecture } = named;
    return [replacement(named, { architecture, version: versionA }, { architecture, version: versionB })];
  }
  const changes = [
    ...removed.map((version) => ({
      version,
      change: { ...named, change: 'removed', versionA: version } as const,
    })),
    ...added.map((version) => ({
      version,
      change: { ...named, change: 'added', versionB: version } as const,
    })),
  ];
  return changes
    .sort((x, y) => compareVersions(named.system, x.version, y.version) || compareText(x.version, y.version))
    .map(({ change }) => change);
}
