import { parseHeaderFields } from './header-fields.js';
import type { LanguagePackage, PackageReader } from './language-package.js';
import { unlessMalformed } from './malformed-file.js';
import { readManifest } from './manifest-file.js';
import { statedLicences, statedText } from './stated-text.js';

/** Descriptions follow the fields, so that only the start of a large file is read. */
const MAX_METADATA_BYTES = 16 * 1024 * 1024;

/** The metadata of wheels, of eggs, and of packages installed by distutils. */
const METADATA_PATH = /(?:dist-info\/METADATA|egg-info\/PKG-INFO|\.egg-info)$/i;

/** A licence that is longer is a text, not a name. */
const MAX_LICENCE_LENGTH = 100;

/** Finds packages of Python by their core metadata. */
export const PYPI_READER: PackageReader = {
  ecosystems: ['pypi'],
  wants: ({ path, size }) =>
    (path.endsWith('O') || path.endsWith('A') || path.endsWith('o')) &&
    METADATA_PATH.test(path) &&
    size <= MAX_METADATA_BYTES,
  read: (file) => unlessMalformed(() => parsePythonMetadata(readManifest(file)), []),
};

/**
 * Returns the package that core metadata declares, or none
 * (https://packaging.python.org/specifications/core-metadata/).
 */
export function parsePythonMetadata(text: string): LanguagePackage[] {
  const fields = parseHeaderFields(text);
  const name = statedText(fields.get('name')?.[0]);
  // The interpreter installs metadata of itself, but is no package.
  if (name === null || name === 'Python') return [];
  return [
    {
      ecosystem: 'pypi',
      namespace: null,
      name,
      version: statedText(fields.get('version')?.[0]),
      licences: licencesIn(fields),
      platform: null,
      innerPath: null,
      isWholeFile: false,
    },
  ];
}

/** Returns the expression; else the name in the field `License`; else the names among the classifiers. */
function licencesIn(fields: ReadonlyMap<string, readonly string[]>): string[] {
  const expression = statedLicences(fields.get('license-expression') ?? []);
  if (expression.length > 0) return expression;
  const [license = ''] = fields.get('license') ?? [];
  const isName = license !== '' && license.length <= MAX_LICENCE_LENGTH && !license.includes('\n');
  if (isName && license.toUpperCase() !== 'UNKNOWN') return statedLicences([license]);
  const classifiers = (fields.get('classifier') ?? []).filter((each) => each.startsWith('License ::'));
  return statedLicences(
    classifiers.map((each) => each.split('::').at(-1)?.trim()).filter((each) => each !== 'OSI Approved'),
  );
}
