import { LayersError } from '@layers/errors';
import { hostArchitecture } from '#core/oci/host-architecture.js';
import { quoted } from './validate.js';

/** A platform in Go's terms (OCI image-index.md, "platform"). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

const OPERATING_SYSTEMS: ReadonlySet<string> = new Set(
  'aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);
const ARCHITECTURES: ReadonlySet<string> = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm'.split(' '),
);

const GOARCH: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['ia32', '386'],
  ['ppc64', 'ppc64le'],
  ['mipsel', 'mipsle'],
]);

/**
 * Returns the platform of images for this machine. The operating system is always linux: on macOS and Windows,
 * containers run in a Linux machine.
 *
 * @param arch an architecture in Node's terms
 */
export function hostPlatform(arch: string = hostArchitecture()): Platform {
  return normalizePlatform({ os: 'linux', architecture: GOARCH.get(arch) ?? arch });
}

/**
 * Parses `os/architecture[/variant]`, `architecture` or `os`, as docker's `--platform` does. Missing parts are those of
 * this machine. A Windows version is in parentheses: `windows(10.0.17763)/amd64`.
 *
 * @returns the platform, normalised
 * @throws LayersError ERR_LAYERS_PLATFORM
 */
export function parsePlatform(specifier: string): Platform {
  const match =
    /^(?<os>[\w-]+)(?:\((?<osVersion>[\w.-]+)\))?(?:\/(?<arch>[\w.-]+)(?:\/(?<variant>[\w.-]+))?)?$/.exec(
      specifier.slice(0, 200),
    );
  const { os = '', osVersion, arch, variant } = match?.groups ?? {};
  if (match === null || specifier.length > 200) throw unknownPlatform(specifier);
  const version = osVersion === undefined ? {} : { osVersion };
  if (arch !== undefined) {
    return normalizePlatform({
      os,
      architecture: arch,
      ...(variant === undefined ? {} : { variant }),
      ...version,
    });
  }
  if (OPERATING_SYSTEMS.has(normalizeOs(os))) return normalizePlatform({ ...hostPlatform(), os, ...version });
  const alone = normalizePlatform({ os: 'linux', architecture: os });
  if (!ARCHITECTURES.has(alone.architecture) || osVersion !== undefined) throw unknownPlatform(specifier);
  return alone;
}

function unknownPlatform(specifier: string): LayersError {
  return new LayersError('ERR_LAYERS_PLATFORM', `${quoted(specifier)} is not a platform`, {
    hint: 'use os/architecture[/variant], such as linux/amd64 or linux/arm64/v8',
  });
}

/** Formats a platform as `parsePlatform` reads it: `linux/arm/v7`, `windows(10.0.17763.1)/amd64`. */
export function formatPlatform(platform: Platform): string {
  const os = `${platform.os || 'unknown'}${platform.osVersion ? `(${platform.osVersion})` : ''}`;
  const rest = [platform.architecture, platform.variant].filter((part) => part !== undefined && part !== '');
  return [os, ...rest].join('/');
}

/** Far above the length of a field in practice. */
const MAX_FIELD_LENGTH = 128;

/**
 * Returns the `platform` of a descriptor (OCI image-index.md). Null if a field is too long: an index repeats the platform for
 * each name, and the config has it too.
 */
export function descriptorPlatform({
  architecture,
  os,
  osVersion,
  variant,
}: Platform): Readonly<Record<string, string>> | null {
  if ([architecture, os, osVersion ?? '', variant ?? ''].some((field) => field.length > MAX_FIELD_LENGTH))
    return null;
  return {
    architecture,
    os,
    ...(osVersion === undefined ? {} : { 'os.version': osVersion }),
    ...(variant === undefined ? {} : { variant }),
  };
}

function normalizeOs(os: string): string {
  const lower = os.toLowerCase();
  return lower === 'macos' ? 'darwin' : lower;
}

/**
 * Normalises a platform as containerd does: Go's architecture names, no variant for arm64 v8 and amd64 v1, and v7 for
 * arm without a variant.
 */
export function normalizePlatform(platform: Platform): Platform {
  const [architecture, variant] = normalizeArchitecture(
    platform.architecture.toLowerCase(),
    (platform.variant ?? '').toLowerCase(),
  );
  return {
    os: normalizeOs(platform.os),
    architecture,
    ...(variant === '' ? {} : { variant }),
    ...(platform.osVersion ? { osVersion: platform.osVersion } : {}),
  };
}

function normalizeArchitecture(architecture: string, variant: string): readonly [string, string] {
  switch (architecture) {
    case 'i386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', variant === 'v1' ? '' : variant];
    case 'aarch64':
    case 'arm64':
      return ['arm64', variant === '8' || variant === 'v8' ? '' : variant];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      if (variant === '') return ['arm', 'v7'];
      return ['arm', /^[5-8]$/.test(variant) ? `v${variant}` : variant];
    default:
      return [architecture, variant];
  }
}
