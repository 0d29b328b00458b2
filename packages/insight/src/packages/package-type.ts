import type { PackageSystem } from '@layers/core/distro';
import type { Ecosystem } from './languages/language-package.js';

/** All types of packages: the package systems of distributions, then the ecosystems of languages. */
export const PACKAGE_TYPES = [
  'apk',
  'dpkg',
  'rpm',
  'npm',
  'pypi',
  'gem',
  'golang',
  'maven',
  'cargo',
] as const satisfies readonly (PackageSystem | Ecosystem)[];

/** A package system of a distribution, or an ecosystem of a language by its name in package URLs. @useDeclaredType */
export type PackageType = (typeof PACKAGE_TYPES)[number];
