import type { PackageReader } from './language-package.js';

/** The readers of all ecosystems. A file is read by the first one that wants it. */
export const PACKAGE_READERS: readonly PackageReader[] = [];
