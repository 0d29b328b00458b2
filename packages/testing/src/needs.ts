import { spawnSync } from 'node:child_process';
import type { TestOptions } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a case is skipped, such as `xz not found (apt install xz-utils)`. */
    missing?: string;
  }
}

/** A program that tests run, its Debian package, and how to check that it is the expected program. */
interface Program {
  readonly package: string;
  /** Arguments of a call that ends with status 0; `--version` by default. */
  readonly probe?: readonly string[];
  /** What the output of that call contains. */
  readonly prints?: RegExp;
}

const PROGRAMS = {
  attr: { package: 'attr', probe: ['-l', '/'] },
  bash: { package: 'bash' },
  bsdtar: { package: 'libarchive-tools', prints: /libarchive/ },
  bzip2: { package: 'bzip2', probe: ['--help'] },
  diff: { package: 'diffutils' },
  dpkg: { package: 'dpkg' },
  fish: { package: 'fish' },
  getfattr: { package: 'attr' },
  git: { package: 'git' },
  go: { package: 'golang-go', probe: ['version'], prints: /^go version/ },
  groff: { package: 'groff-base' },
  gzip: { package: 'gzip' },
  igzip: { package: 'isal' },
  less: { package: 'less' },
  lintian: { package: 'lintian' },
  mkfifo: { package: 'coreutils' },
  patch: { package: 'patch' },
  pigz: { package: 'pigz' },
  python3: { package: 'python3', prints: /Python 3/ },
  'redis-server': { package: 'redis-server' },
  rpm: { package: 'rpm' },
  rpmbuild: { package: 'rpm' },
  script: { package: 'bsdutils' },
  setfattr: { package: 'attr' },
  sha256sum: { package: 'coreutils' },
  tar: { package: 'tar', prints: /GNU tar/ },
  xz: { package: 'xz-utils' },
  zsh: { package: 'zsh' },
  zstd: { package: 'zstd' },
} as const satisfies Readonly<Record<string, Program>>;

export type ProgramName = keyof typeof PROGRAMS;

const found = new Map<ProgramName, boolean>();

/** Returns whether a program is installed. With `LAYERS_REQUIRE_TOOLS=1` a missing program is an error. */
export function isInstalled(name: ProgramName): boolean {
  const known = found.get(name);
  if (known !== undefined) return known;
  const { probe = ['--version'], prints = /(?:)/ }: Program = PROGRAMS[name];
  const { status, stdout } = spawnSync(name, probe, { encoding: 'utf8', input: '' });
  const installed = status === 0 && prints.test(stdout);
  if (!installed && process.env['LAYERS_REQUIRE_TOOLS'] === '1') throw new Error(notFound(name));
  found.set(name, installed);
  return installed;
}

function notFound(name: ProgramName): string {
  return `${name} not found (apt install ${PROGRAMS[name].package})`;
}

/**
 * Returns options of a test or suite that needs other programs: it is skipped, with the reason, if one is missing.
 *
 *     test('git applies the patch', needs('git'), () => { … });
 */
export function needs(...names: readonly ProgramName[]): TestOptions {
  return unless(names.filter((name) => !isInstalled(name)).map(notFound));
}

/** Returns options of a test that skip it, with a reason, if a condition does not hold. */
export function needsThat(holds: boolean, reason: string): TestOptions {
  return unless(holds ? [] : [reason]);
}

function unless(reasons: readonly string[]): TestOptions {
  return reasons.length === 0 ? {} : { skip: true, meta: { missing: reasons.join(', ') } };
}
