/**
 * What advice is about.
 *
 * - `changed-attributes`: an instruction such as `chown` stored files again
 * - `deleted-later`: files were stored, and removed by a later instruction
 * - `overwritten-later`: files were stored, and replaced by a later instruction
 * - `upgraded-packages`: packages of the base were upgraded, so that both versions are stored
 * - `package-cache`: caches of package managers are in the image
 * - `version-control`: directories such as `.git` are in the image
 * - `bytecode`: compiled Python files
 * - `temporary-files`: files in `/tmp`, logs, core dumps
 * - `documentation`: manuals, documentation, translations
 * - `tests`: the tests of libraries
 * - `build-tools`: compilers and other tools that a build needs, and a container does not
 * - `duplicate-files`: files with the same content
 * - `small-layers`: instructions that could be one
 * - `secrets`: keys, tokens and passwords in the image
 * - `layer-order`: an instruction whose files change often is below others whose files never change
 * - `uncompressed-layers`: layers of a registry or an OCI archive that are not compressed
 *
 * @useDeclaredType
 */
export type AdviceCode = (typeof ADVICE_CODES)[number];

export const ADVICE_CODES = [
  'changed-attributes',
  'deleted-later',
  'overwritten-later',
  'upgraded-packages',
  'package-cache',
  'version-control',
  'bytecode',
  'temporary-files',
  'documentation',
  'tests',
  'build-tools',
  'duplicate-files',
  'small-layers',
  'uncompressed-layers',
  'secrets',
  'layer-order',
] as const;
