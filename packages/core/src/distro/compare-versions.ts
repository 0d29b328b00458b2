import { compareApkVersions } from './apk-version.js';
import { compareDpkgVersions } from './dpkg-version.js';
import type { PackageSystem } from './package-changes.js';
import { compareRpmVersions } from './rpm-version.js';

const COMPARE: Readonly<Record<PackageSystem, (a: string, b: string) => number>> = {
  dpkg: compareDpkgVersions,
  apk: compareApkVersions,
  rpm: compareRpmVersions,
};

const MAX_CHARACTERS = 256;

/**
 * The order of two versions by the rules of their system: negative where `a` is the older one, positive where it is
 * the newer, 0 where neither is, which other texts of one version may be too. No system has versions of more than 256
 * characters; longer ones are not put in order.
 */
export function compareVersions(system: PackageSystem, a: string, b: string): number {
  if (Math.max(a.length, b.length) > MAX_CHARACTERS) return 0;
  return COMPARE[system](a, b);
}
