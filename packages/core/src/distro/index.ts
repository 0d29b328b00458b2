export type { InstalledPackage, PackageSystem } from './installed-package.js';
export type { PackageTree } from './package-tree.js';
export { forEachRpmFile, type PackageDatabase, readPackages } from './read-packages.js';
export type { RpmDigestAlgorithm, RpmFile } from './rpm/rpm-files.js';
