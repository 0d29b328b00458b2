export type { InstalledPackage } from './installed-package.js';
export {
  comparePackages,
  type PackageChange,
  type PackageList,
  type PackageSystem,
} from './package-changes.js';
export type { PackageTree } from './package-tree.js';
export { type PackageDatabase, readPackages } from './read-packages.js';
