export type { InstalledPackage, PackageSystem } from './installed-package.js';
export {
  comparePackages,
  type PackageChange,
  type PackageList,
} from './package-changes.js';
export type { PackageTree } from './package-tree.js';
export { type PackageDatabase, readPackages } from './read-packages.js';
