import { expect, it } from 'vitest';
import { licencesOfPom } from '../../../../src/packages/languages/java/pom-licences.ts';

const licence = (content: string): string => `<license>${content}</license>`;

it.each([
  ['names', licence('<name>\n  The MIT\n License </name><url>http://a</url>'), ['The MIT License']],
  [
    'addresses without names',
    licence('<name/><url>http://a</url>') + licence('<name> </name>'),
    ['http://a'],
  ],
  ['several', licence('<name>A</name>') + licence('<name>B &amp; C</name>'), ['A', 'B & C']],
  ['none in comments', `<!-- ${licence('<name>A</name>')} -->${licence('<name>B</name>')}`, ['B']],
  ['none of an empty list', '', []],
])('a pom.xml states licences: %s', (_, list, licences) => {
  const project = `<project><name>N</name>\n<licenses>${list}</licenses><developers/></project>`;
  expect(licencesOfPom(project)).toEqual(licences);
});

it('a pom.xml may be without licences, or without an end', () => {
  expect(licencesOfPom('<project><name>N</name></project>')).toEqual([]);
  expect(licencesOfPom('<licenses><license><name>A')).toEqual([]);
  expect(licencesOfPom('<!-- <licenses>')).toEqual([]);
  expect(licencesOfPom('<licenses>'.repeat(100_000))).toEqual([]);
});
