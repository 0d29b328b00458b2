import { describe, expect, it } from 'vitest';
import { PYPI_READER, parsePythonMetadata } from '../../../src/packages/languages/python.ts';
import { fileOf } from './files.ts';

const lines = (...each: readonly string[]): string => `${each.join('\n')}\n`;
const licencesOf = (...each: readonly string[]) =>
  parsePythonMetadata(lines('Name: a', 'Version: 1', ...each))[0]?.licences;

describe('core metadata', () => {
  it('declares a package', () => {
    const text = lines(
      'Metadata-Version: 2.4',
      'Name: Zope.Interface',
      'Version: 6.0.post1',
      'License-Expression: MIT AND (Apache-2.0 OR BSD-2-Clause)',
      '',
      'Name: in the description',
      'Version: 9',
    );
    expect(parsePythonMetadata(text)).toEqual([
      {
        ecosystem: 'pypi',
        namespace: null,
        name: 'Zope.Interface',
        version: '6.0.post1',
        licences: ['MIT AND (Apache-2.0 OR BSD-2-Clause)'],
        platform: null,
        innerPath: null,
        isWholeFile: false,
      },
    ]);
  });

  it('has names of fields in any case, lines that end with CRLF, and empty lines before the first field', () => {
    expect(parsePythonMetadata('\r\n\r\nNAME: a\r\nversion:1.0\r\n\r\nName: b')).toMatchObject([
      { name: 'a', version: '1.0' },
    ]);
  });

  it('counts the first of equal fields', () => {
    expect(parsePythonMetadata(lines('Name: a', 'Name: b', 'Version: 1', 'Version: 2'))).toMatchObject([
      { name: 'a', version: '1' },
    ]);
  });

  it('may have lines that are no fields', () => {
    expect(parsePythonMetadata(lines(' before', 'no field', ': x', 'Name: a', 'Version: 1'))).toMatchObject([
      { name: 'a', version: '1' },
    ]);
  });

  it('continues a field on lines that start with a space or a tab, and with no other field', () => {
    const text = lines(
      'Name: a',
      'Summary: one',
      ' Version: 8',
      '\tVersion: 9',
      'junk',
      ' Version: 7',
      'Version: 1',
    );
    expect(parsePythonMetadata(text)).toMatchObject([{ name: 'a', version: '1' }]);
  });

  it('may be without a version', () => {
    expect(parsePythonMetadata(lines('Name: a'))).toMatchObject([{ name: 'a', version: null }]);
  });

  it('declares nothing without a name, nor for the interpreter', () => {
    expect(parsePythonMetadata(lines('Version: 1'))).toEqual([]);
    expect(parsePythonMetadata('')).toEqual([]);
    expect(parsePythonMetadata(lines('Name: Python', 'Version: 2.7'))).toEqual([]);
  });

  it.each([
    ['an expression first', ['License: MIT License', 'License-Expression: MIT'], ['MIT']],
    [
      'a name',
      ['License: BSD 3-Clause', 'Classifier: License :: OSI Approved :: BSD License'],
      ['BSD 3-Clause'],
    ],
    [
      'classifiers instead of UNKNOWN',
      [
        'License: UNKNOWN',
        'Classifier: Programming Language :: Python',
        'Classifier: License :: OSI Approved :: MIT License',
        'Classifier: License :: OSI Approved',
      ],
      ['MIT License'],
    ],
    [
      'classifiers instead of a text',
      ['License: Copyright', '        Permission is granted', 'Classifier: License :: OSI Approved :: ISC'],
      ['ISC'],
    ],
    ['no text', ['License: Copyright', '  Permission is granted'], []],
  ])('states licences: %s', (_, fields, licences) => {
    expect(licencesOf(...fields)).toEqual(licences);
  });
});

describe('the files of core metadata', () => {
  const wants = (path: string, size = 100): boolean => PYPI_READER.wants({ path, size, mode: 0o644 });

  it('are those of wheels, eggs and distutils', () => {
    for (const path of [
      '/usr/lib/python3/dist-packages/a-1.dist-info/METADATA',
      '/usr/lib/python3/dist-packages/a-1.egg-info/PKG-INFO',
      '/usr/lib/python3/dist-packages/a-1.egg-info',
      '/opt/a-1-py3.egg/EGG-INFO/PKG-INFO',
    ]) {
      expect(wants(path), path).toBe(true);
    }
    for (const path of [
      '/a.dist-info/RECORD',
      '/a/METADATA',
      '/a/PKG-INFO',
      '/egg-info',
      '/a.dist-info/METADATA2',
    ]) {
      expect(wants(path), path).toBe(false);
    }
    expect(wants('/a.dist-info/METADATA', 2 ** 30)).toBe(false);
  });

  it('are read up to a limit, as a long description follows', () => {
    const file = fileOf('/a.dist-info/METADATA', `Name: a\nVersion: 1\n\n${'x'.repeat(3 * 2 ** 20)}`);
    expect(PYPI_READER.read(file)).toMatchObject([{ name: 'a', version: '1' }]);
    expect(file.reads).toBe(1);
  });
});
