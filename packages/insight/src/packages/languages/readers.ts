import { JAR_READER } from './java/jar.js';
import type { PackageReader } from './language-package.js';
import { NPM_READER } from './npm.js';
import { PROGRAM_READER } from './programs.js';
import { PYPI_READER } from './python.js';
import { GEM_READER } from './ruby.js';

/** The readers of all ecosystems. A file is read by the first one that wants it, so programs of any name are last. */
export const PACKAGE_READERS: readonly PackageReader[] = [
  NPM_READER,
  PYPI_READER,
  GEM_READER,
  JAR_READER,
  PROGRAM_READER,
];
