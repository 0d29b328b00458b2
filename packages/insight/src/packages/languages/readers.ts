import { GO_READER } from './golang/golang.js';
import { JAR_READER } from './java/jar.js';
import type { PackageReader } from './language-package.js';
import { NPM_READER } from './npm.js';
import { PYPI_READER } from './python.js';
import { GEM_READER } from './ruby.js';

/** The readers of all ecosystems. A file is read by the first one that wants it, so executables of any name are last. */
export const PACKAGE_READERS: readonly PackageReader[] = [
  NPM_READER,
  PYPI_READER,
  GEM_READER,
  JAR_READER,
  GO_READER,
];
