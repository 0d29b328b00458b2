import { describe, expect, it } from 'vitest';
import { GEM_READER, parseGemspec } from '../../../src/packages/languages/ruby.ts';
import { fileOf } from './files.ts';

const spec = (...each: readonly string[]): string =>
  `Gem::Specification.new do |s|\n${each.map((line) => `  ${line}\n`).join('')}end\n`;
const licencesOf = (...each: readonly string[]) =>
  parseGemspec(spec('s.name = "a"', 's.version = "1"', ...each))[0]?.licences;

describe('a specification of a gem', () => {
  it('declares the gem', () => {
    const text = [
      '# -*- encoding: utf-8 -*-',
      '# stub: nokogiri 1.18.1 x86_64-linux-gnu lib',
      '',
      spec(
        's.name = "nokogiri".freeze',
        's.version = "1.18.1".freeze',
        's.platform = "x86_64-linux-gnu".freeze',
        's.required_rubygems_version = Gem::Requirement.new(">= 0".freeze)',
        's.authors = ["A".freeze, "B".freeze]',
        's.licenses = ["MIT".freeze, "Apache-2.0".freeze]',
      ),
    ].join('\n');
    expect(parseGemspec(text)).toEqual([
      {
        ecosystem: 'gem',
        namespace: null,
        name: 'nokogiri',
        version: '1.18.1',
        licences: ['MIT', 'Apache-2.0'],
        platform: 'x86_64-linux-gnu',
        innerPath: null,
        isWholeFile: false,
      },
    ]);
  });

  it('has the values of its stub line where it computes them', () => {
    const text = `# stub: rake 13.2.1 ruby lib\n${spec('s.name = NAME', 's.version = Rake::VERSION')}`;
    expect(parseGemspec(text)).toMatchObject([{ name: 'rake', version: '13.2.1', platform: null }]);
  });

  it('may be without a version', () => {
    expect(parseGemspec(spec('s.name = "a"', 's.version = VERSION'))).toMatchObject([{ version: null }]);
  });

  it.each([
    ["'1.0'", '1.0'],
    ['"1.0"', '1.0'],
    ['%q{1.0}.freeze', '1.0'],
    ['%q(1.0)', '1.0'],
    ['Gem::Version.new("1.0")', '1.0'],
    ['Gem::Version.create "1.0"', '1.0'],
    [String.raw`"1\u002e0"`, '1.0'],
    [String.raw`"1\u{2E}0"`, '1.0'],
    [String.raw`"1\x2E0"`, '1.0'],
    [String.raw`'1\'0'`, "1'0"],
    ['"#1"', '#1'],
    ['"1.#{MINOR}"', null],
    ['"1.0', null],
    ['File.read("VERSION")', null],
  ])('has the version %s', (source, version) => {
    expect(parseGemspec(spec('s.name = "a"', `s.version = ${source}`))).toMatchObject([{ version }]);
  });

  it.each([
    ['one', ['s.license = "MIT"'], ['MIT']],
    ['one in a list field', ["s.licenses = 'MIT'"], ['MIT']],
    ['British spelling of no field', ['s.licence_files = ["x"]'], []],
    [
      'on several lines',
      ['s.licenses = [', '  "MIT",  # a comment', '  "Ruby"', ']', 's.x = "y"'],
      ['MIT', 'Ruby'],
    ],
    ['without an end', ['s.licenses = ["MIT",'], ['MIT']],
    ['computed', ['s.licenses = LICENSES'], []],
  ])('states licences: %s', (_, lines, licences) => {
    expect(licencesOf(...lines)).toEqual(licences);
  });

  it('declares nothing without a name', () => {
    expect(parseGemspec('')).toEqual([]);
    expect(parseGemspec(spec('s.version = "1"'))).toEqual([]);
    expect(parseGemspec(spec('# s.name = "a"', 'puts s.name == "a"'))).toEqual([]);
  });
});

describe('the files of gems', () => {
  it('are the specifications of installed and default gems', () => {
    const wants = (path: string, size = 100): boolean => GEM_READER.wants({ path, size, mode: 0o644 });
    expect(wants('/usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec')).toBe(true);
    expect(wants('/usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec')).toBe(true);
    expect(wants('/app/my.gemspec')).toBe(false);
    expect(wants('/a/specifications/x.rb')).toBe(false);
    expect(wants('/a/specifications/x.gemspec', 2 ** 21)).toBe(false);
    const file = fileOf('/a/specifications/x.gemspec', spec('s.name = "x"', 's.version = "2"'));
    expect(GEM_READER.read(file)).toMatchObject([{ name: 'x', version: '2' }]);
  });
});
