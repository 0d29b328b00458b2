import { compareApkVersions } from './apk/apk-version.js';
import { compareDpkgVersions } from './dpkg/dpkg-version.js';
import type { PackageSystem } from './installed-package.js';
import { compareRpmVersions } from './rpm/rpm-version.js';

const COMPARE: Readonly<Record<PackageSystem, (a: string, b: string) => number>> = {
  dpkg: compareDpkgVersions,
  apk: compareApkVersions,
  rpm: compareRpmVersions,
};

const MAX_CHARACTERS = 256;

/**
 * Compares two versions by the rules of their system. Returns a negative number where `a` is older, a positive one
 * where it is newer, and 0 where neither is, which different texts can be. Returns 0 for versions of more than 256
 * characters, which no system has.
 */
export function compareVersions(system: PackageSystem, a: string, b: string): number {
  if (Math.max(a.length, b.length) > MAX_CHARACTERS) return 0;
  return COMPARE[system](a, b);
}
