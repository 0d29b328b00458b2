import type { Executable } from './executables/executable.js';
import { isExecutable, readExecutables } from './executables/read-executables.js';
import { readGoModules } from './golang/go-modules.js';
import type { LanguagePackage, PackageReader } from './language-package.js';
import { unlessMalformed } from './malformed-file.js';
import { readAuditData } from './rust/audit-data.js';

/** Programs of Go and Rust are larger, as each contains its runtime. */
const MIN_PROGRAM_BYTES = 64 * 1024;

/** Finds the packages that the builds of Go and of `cargo auditable` list in programs. */
export const PROGRAM_READER: PackageReader = {
  ecosystems: ['golang', 'cargo'],
  wants: ({ size }) => size >= MIN_PROGRAM_BYTES,
  accepts: isExecutable,
  read: (file) => withoutRepeats(readExecutables(file).flatMap(packagesIn)),
};

function packagesIn(executable: Executable): LanguagePackage[] {
  return [readGoModules, readAuditData].flatMap((read) => unlessMalformed(() => read(executable), []));
}

/** The architectures of a universal binary have the same packages. */
function withoutRepeats(packages: readonly LanguagePackage[]): LanguagePackage[] {
  const keyOf = ({ ecosystem, name, version }: LanguagePackage): string =>
    [ecosystem, name, version].join('\0');
  return [...new Map(packages.map((each) => [keyOf(each), each])).values()];
}
