import { normalizePlatform, type Platform } from './platform.js';

/** Greater than every distance between variants, so that another architecture is last. */
const OTHER_ARCHITECTURE = 1000;

/** arm64 v9.0 is based on v8.5, and v9.x includes v8.(x+5). */
const V9_FORK = 5;

/**
 * Ranks an image of platform `offered` for a machine of platform `target`, by containerd's rules. Returns 0 for the same
 * platform, greater numbers for older variants, and the greatest for other architectures that amd64 and arm64 can run
 * (386, arm). Returns undefined for an image that the machine cannot run.
 */
export function platformRank(target: Platform, offered: Platform): number | undefined {
  const w = normalizePlatform(target);
  const h = normalizePlatform(offered);
  if (w.os !== h.os || !windowsVersionFits(w, h)) return undefined;
  if (w.architecture === h.architecture) {
    if (w.variant === h.variant) return 0;
    return w.architecture === 'arm64'
      ? distanceOfArm64(w.variant ?? 'v8', h.variant ?? 'v8')
      : distance(w.architecture, w.variant, h.variant);
  }
  if (w.architecture === 'amd64' && h.architecture === '386') {
    return h.variant === undefined ? OTHER_ARCHITECTURE : undefined;
  }
  if (w.architecture === 'arm64' && h.architecture === 'arm') {
    const older = h.variant === 'v8' ? 0 : distance('arm', 'v8', h.variant);
    return older === undefined ? undefined : OTHER_ARCHITECTURE + older;
  }
  return undefined;
}

/** Returns whether a machine of platform `target` can run an image of platform `offered`. */
export function matchPlatform(target: Platform, offered: Platform): boolean {
  return platformRank(target, offered) !== undefined;
}

function distance(
  architecture: string,
  target: string | undefined,
  offered: string | undefined,
): number | undefined {
  const w = level(architecture, target);
  const h = level(architecture, offered);
  return w === undefined || h === undefined || h > w ? undefined : w - h;
}

/** Ranks every v9 before every v8. */
function distanceOfArm64(target: string, offered: string): number | undefined {
  const variant = /^v([89])(?:\.([0-9]))?$/;
  const [, wMajor, wMinor = '0'] = variant.exec(target) ?? [];
  const [, hMajor, hMinor = '0'] = variant.exec(offered) ?? [];
  if (wMajor === undefined || hMajor === undefined || hMajor > wMajor) return undefined;
  const fork = wMajor === hMajor ? 0 : V9_FORK;
  const steps = Number(wMinor) + fork - Number(hMinor);
  if (steps < 0) return undefined;
  return fork === 0 ? steps : steps + Number(wMinor) + 1;
}

/** Returns a number for a variant that can run the programs of all smaller ones; undefined for an unknown variant. */
function level(architecture: string, variant: string | undefined): number | undefined {
  switch (architecture) {
    case 'amd64': {
      const digits = variant === undefined ? '1' : /^v([1-9])$/.exec(variant)?.[1];
      return digits === undefined ? undefined : Number(digits);
    }
    case 'arm': {
      const digits = /^v([5-8])$/.exec(variant ?? '')?.[1];
      return digits === undefined ? undefined : Number(digits);
    }
    default:
      return undefined;
  }
}

/** Compares the first three numbers of a Windows version, which define the binary interface. A missing one matches all. */
function windowsVersionFits(target: Platform, offered: Platform): boolean {
  if (target.os !== 'windows' || target.osVersion === undefined || offered.osVersion === undefined)
    return true;
  const build = (version: string) => version.split('.', 3).join('.');
  return build(target.osVersion) === build(offered.osVersion);
}
