export { compareText, type InstalledPackage, type PackageSystem } from './installed-package.js';
export { isDatabasePath, type LocatedDatabase, locateDatabases } from './locate-databases.js';
export type { PackageTree } from './package-tree.js';
export {
  excessOf,
  forEachRpmFile,
  type PackageDatabase,
  parseDatabase,
  readPackages,
} from './read-packages.js';
export type { RpmDigestAlgorithm, RpmFile } from './rpm/rpm-files.js';
