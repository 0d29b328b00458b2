import { normalizePlatform, type Platform } from './platform.js';

/** Apart from every distance between variants, so that another architecture comes last. */
const OTHER_ARCHITECTURE = 1000;

/** arm64 v9.0 left v8 at v8.5, and v9.x holds v8.(x+5). */
const V9_FORK = 5;

/**
 * How well an image for `have` serves who wants `wanted`, by containerd's rules: 0 is the very platform, then
 * older variants by their distance, last what an amd64 or arm64 runs besides (386, arm). Undefined where it
 * does not serve.
 */
export function platformRank(wanted: Platform, have: Platform): number | undefined {
  const w = normalizePlatform(wanted);
  const h = normalizePlatform(have);
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

/** Whether an image for `have` serves who wants `wanted`; `platformRank` tells which of several serves best. */
export function matchPlatform(wanted: Platform, have: Platform): boolean {
  return platformRank(wanted, have) !== undefined;
}

function distance(
  architecture: string,
  wanted: string | undefined,
  have: string | undefined,
): number | undefined {
  const w = level(architecture, wanted);
  const h = level(architecture, have);
  return w === undefined || h === undefined || h > w ? undefined : w - h;
}

/** All of v9 comes before any of v8. */
function distanceOfArm64(wanted: string, have: string): number | undefined {
  const variant = /^v([89])(?:\.([0-9]))?$/;
  const [, wMajor, wMinor = '0'] = variant.exec(wanted) ?? [];
  const [, hMajor, hMinor = '0'] = variant.exec(have) ?? [];
  if (wMajor === undefined || hMajor === undefined || hMajor > wMajor) return undefined;
  const fork = wMajor === hMajor ? 0 : V9_FORK;
  const apart = Number(wMinor) + fork - Number(hMinor);
  if (apart < 0) return undefined;
  return fork === 0 ? apart : apart + Number(wMinor) + 1;
}

/** A number for a variant, greater for one that runs the programs of the smaller; undefined for unknown ones. */
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

/** The first three numbers of a Windows version make the binary interface; an unsaid version fits every one. */
function windowsVersionFits(wanted: Platform, have: Platform): boolean {
  if (wanted.os !== 'windows' || wanted.osVersion === undefined || have.osVersion === undefined) return true;
  const build = (version: string) => version.split('.', 3).join('.');
  return build(wanted.osVersion) === build(have.osVersion);
}
