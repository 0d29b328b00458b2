export type { InstalledPackage, PackageSystem } from './installed-package.js';
export type { PackageTree } from './package-tree.js';
export { type PackageDatabase, readPackages } from './read-packages.js';
