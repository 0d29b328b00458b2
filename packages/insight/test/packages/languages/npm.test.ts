import { describe, expect, it } from 'vitest';
import { NPM_READER, parsePackageJson } from '../../../src/packages/languages/npm.ts';
import { fileOf } from './files.ts';

const parse = (value: unknown) => parsePackageJson(JSON.stringify(value));
const wants = (path: string, size = 100): boolean => NPM_READER.wants({ path, size, mode: 0o644 });

describe('package.json', () => {
  it('declares a package by its name and version', () => {
    expect(parse({ name: '@scope/tool', version: '1.2.3-rc.1', license: 'MIT' })).toEqual([
      {
        ecosystem: 'npm',
        namespace: null,
        name: '@scope/tool',
        version: '1.2.3-rc.1',
        licences: ['MIT'],
        platform: null,
        innerPath: null,
        isWholeFile: false,
      },
    ]);
  });

  it.each([
    ['an expression', { license: '(MIT OR Apache-2.0)' }, ['(MIT OR Apache-2.0)']],
    ['an object', { license: { type: 'BSD', url: 'x' } }, ['BSD']],
    ['a list', { license: ['MIT', { type: 'ISC' }] }, ['MIT', 'ISC']],
    ['the obsolete field', { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, ['MIT', 'GPL-2.0']],
    ['both fields', { license: 'MIT', licenses: [{ type: 'ISC' }] }, ['MIT']],
    ['repeated', { license: ['MIT', 'MIT'] }, ['MIT']],
    ['of another type', { license: 3 }, []],
    ['null', { license: null }, []],
    ['none', {}, []],
  ])('states licences: %s', (_, fields, licences) => {
    expect(parse({ name: 'a', version: '1', ...fields })[0]?.licences).toEqual(licences);
  });

  it.each([
    ['no version', { name: 'a', type: 'module' }],
    ['an empty version', { name: 'a', version: ' ' }],
    ['no name', { version: '1.0.0' }],
    ['a name that is not a text', { name: { a: 1 }, version: '1' }],
    ['a name that is too long', { name: 'a'.repeat(513), version: '1' }],
    ['a list', [{ name: 'a', version: '1' }]],
    ['null', null],
  ])('declares nothing with %s', (_, value) => {
    expect(parse(value)).toEqual([]);
  });

  it('declares nothing where it is not JSON', () => {
    for (const text of ['', '{', '{"name":"a","version":"1"', '[[[['.repeat(10_000)]) {
      expect(parsePackageJson(text)).toEqual([]);
    }
  });

  it('may begin with a byte order mark', () => {
    const file = fileOf('/a/package.json', '\uFEFF{"name":"a","version":"1"}');
    expect(NPM_READER.read(file)).toMatchObject([{ name: 'a', version: '1' }]);
  });

  it('does not take names from the prototype of objects', () => {
    expect(parsePackageJson('{"__proto__":{"name":"a","version":"1"}}')).toEqual([]);
  });
});

describe('the files that may be package.json', () => {
  it('are those of installed packages and of applications', () => {
    for (const path of [
      '/app/package.json',
      '/usr/lib/node_modules/npm/package.json',
      '/app/node_modules/@scope/a/node_modules/b/package.json',
      '/app/node_modules/tests/package.json',
      '/app/node_modules/@test/fixtures/package.json',
      '/app/test/package.json',
      '/app/node_modules/a/dist/compiled/b/package.json',
    ]) {
      expect(wants(path), path).toBe(true);
    }
  });

  it('are not other files, nor data of the tests of packages, nor too large', () => {
    for (const path of [
      '/app/package-lock.json',
      '/app/xpackage.json',
      '/app/node_modules/a/test/package.json',
      '/app/node_modules/a/test/node_modules/b/package.json',
      '/app/node_modules/@scope/a/src/__tests__/x/package.json',
    ]) {
      expect(wants(path), path).toBe(false);
    }
    expect(wants('/app/package.json', 2 ** 20 + 1)).toBe(false);
  });
});
