import { describe, expect, it } from 'vitest';
import { licenceOf } from '../../src/sbom/licence.ts';

describe('a licence', () => {
  it.each([
    ['MIT', 'MIT'],
    ['apache-2.0', 'Apache-2.0'],
  ])('%j is the identifier %s', (text, id) => expect(licenceOf(text)).toEqual({ kind: 'id', id }));

  it.each([
    ['MIT AND ISC', 'MIT AND ISC'],
    ['mit or (isc and zlib)', 'MIT OR (ISC AND Zlib)'],
    ['( MIT OR ISC )', '(MIT OR ISC)'],
    ['GPL-2.0-only WITH Linux-syscall-note', null],
    ['GPL-2.0-only WITH GCC-exception-2.0', 'GPL-2.0-only WITH GCC-exception-2.0'],
    ['MIT AND LicenseRef-mine', 'MIT AND LicenseRef-mine'],
    ['MIT AND', null],
    ['AND MIT', null],
    ['MIT ISC', null],
    ['(MIT AND ISC', null],
    ['MIT AND ISC)', null],
    ['MIT AND () ISC', null],
    ['MIT AND Custom', null],
    ['MIT WITH ISC', null],
    ['', null],
    [`MIT${' AND MIT'.repeat(200)}`, null],
  ])('%j is the expression %j', (text, expression) => {
    expect(licenceOf(text)).toEqual(
      expression === null ? { kind: 'name', name: text } : { kind: 'expression', expression },
    );
  });
});
