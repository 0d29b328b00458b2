import type { LanguagePackage, PackageReader } from './language-package.js';
import { unlessMalformed } from './malformed-file.js';
import { MAX_MANIFEST_BYTES, readManifest } from './manifest-file.js';
import { statedLicences, statedText } from './stated-text.js';

/** Directories of packages whose `package.json` files are data of tests, not packages. */
const TEST_DIRECTORIES = new Set(['test', 'tests', '__tests__', 'fixtures', '__fixtures__', 'test-fixtures']);

/** Finds packages of npm by `package.json`: installed ones, and applications outside of `node_modules`. */
export const NPM_READER: PackageReader = {
  ecosystems: ['npm'],
  wants: ({ path, size }) =>
    path.endsWith('/package.json') && size <= MAX_MANIFEST_BYTES && !isTestData(path),
  read: (file) => unlessMalformed(() => parsePackageJson(readManifest(file)), []),
};

/**
 * Returns the package that a `package.json` declares, or none. Files without a version are not packages: bundlers and
 * the `exports` of packages need such files in subdirectories.
 */
export function parsePackageJson(text: string): LanguagePackage[] {
  const fields = new Map(Object.entries(parseObject(text)));
  const [name, version] = [statedText(fields.get('name')), statedText(fields.get('version'))];
  if (name === null || version === null) return [];
  const license = licencesIn(fields.get('license'));
  return [
    {
      ecosystem: 'npm',
      namespace: null,
      name,
      version,
      // `licenses` is the obsolete field.
      licences: license.length > 0 ? license : licencesIn(fields.get('licenses')),
      platform: null,
      innerPath: null,
      isWholeFile: false,
    },
  ];
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Returns the licences in an expression, in an object `{ type, url }`, or in a list of these. */
function licencesIn(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return statedLicences(
    items.map((item) => (typeof item === 'object' && item !== null && 'type' in item ? item.type : item)),
  );
}

/** Returns whether a path lies in a directory for tests of an installed package. */
function isTestData(path: string): boolean {
  const names = path.split('/');
  let at = names.indexOf('node_modules');
  if (at < 0) return false;
  for (; at < names.length - 1; at++) {
    const name = names[at] ?? '';
    if (name === 'node_modules') {
      // The name of a package, or a scope and a name, may be that of a directory for tests.
      at += names[at + 1]?.startsWith('@') === true ? 2 : 1;
    } else if (TEST_DIRECTORIES.has(name)) return true;
  }
  return false;
}
