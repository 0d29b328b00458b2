/** The types that `--type` takes: the words of the documents, and other names of the same. */
export const PACKAGE_WORDS = [
  'apk',
  'dpkg',
  'deb',
  'rpm',
  'npm',
  'pypi',
  'pip',
  'gem',
  'golang',
  'go',
  'maven',
  'jar',
  'cargo',
] as const;
export type PackageWord = (typeof PACKAGE_WORDS)[number];

/** The formats of bills of materials. */
export const SBOM_FORMATS = ['cyclonedx-json', 'spdx-json'] as const;
export type SbomFormat = (typeof SBOM_FORMATS)[number];
