import { databasePaths, type PackageDatabase, readPackages } from '../../distro/read-packages.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import type { ContentComparer } from '../../image/contents/compare-contents.js';
import type { ComparedImages } from '../compared-images.js';
import type { PackagesDiff } from '../document.js';
import { comparePackages } from './package-changes.js';
import { fileAt, packageTreeOf } from './package-tree.js';

/**
 * Compares the installed packages of two images. Identical databases are not read.
 *
 * @throws LayersError as `readContent`
 */
export async function comparePackageDatabases(
  { imageA, imageB, a, b }: ComparedImages,
  comparer: ContentComparer,
): Promise<{ packages: PackagesDiff; problems: Finding[] }> {
  const [treeA, treeB] = [packageTreeOf(imageA, a), packageTreeOf(imageB, b)];
  const [pathsA, pathsB] = [databasePaths(treeA), databasePaths(treeB)];
  const paths = [...new Set([...pathsA, ...pathsB])].sort();
  const isSame = (path: string): boolean => {
    const [placeA, placeB] = [fileAt(a, path), fileAt(b, path)];
    return placeA !== null && placeB !== null && comparer.compare(placeA, placeB) === 'same';
  };
  if (paths.length === pathsA.length && paths.length === pathsB.length && paths.every(isSame)) {
    return {
      packages: { unchanged: true, unreadable: false, paths, databases: [], changes: [] },
      problems: [],
    };
  }
  const [packagesA, packagesB] = [await readPackages(treeA), await readPackages(treeB)];
  const problems = [...problemsOf('a', packagesA), ...problemsOf('b', packagesB)];
  const systems = [...new Set([...packagesA, ...packagesB].map(({ system }) => system))].sort();
  return {
    packages: {
      unchanged: false,
      unreadable: problems.length > 0,
      paths,
      databases: systems.map((system) => ({
        system,
        a: countOf(packagesA, system),
        b: countOf(packagesB, system),
      })),
      changes: comparePackages(packagesA, packagesB),
    },
    problems,
  };
}

function countOf(databases: readonly PackageDatabase[], system: string): number | null {
  const found = databases.filter((database) => database.system === system);
  return found.length === 0 ? null : found.reduce((sum, { packages }) => sum + packages.length, 0);
}

function problemsOf(side: 'a' | 'b', databases: readonly PackageDatabase[]): Finding[] {
  return databases.flatMap(({ problem, paths }) =>
    problem === null
      ? []
      : [createFinding('package-database-unreadable', problem, { side, path: paths[0] ?? '/' })],
  );
}
