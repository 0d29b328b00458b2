export {
  type KeptPackageFiles,
  type KnownPackageFiles,
  PackageFilesObserver,
} from './contents/kept-files.js';
export type { Distribution, ImagePackage, PackagesDocument, PackagesTotals } from './document.js';
export { PACKAGE_TYPES, type PackageType } from './package-type.js';
export { type PackagesOptions, packagesDocument } from './packages-document.js';
