import type { LanguagePackage, PackageReader } from './language-package.js';
import { unlessMalformed } from './malformed-file.js';
import { MAX_MANIFEST_BYTES, readManifest } from './manifest-file.js';
import { unquoteRuby } from './ruby-strings.js';
import { MAX_LICENCES, statedLicences, statedText } from './stated-text.js';

/** Lines of lists of files and authors may be long; those with names and versions are not. */
const MAX_LINE = 4096;

/** `s.name = "rake".freeze`, and the same for other fields. */
const ASSIGNMENT = /^[ \t]*\w+\.(name|version|platform|licen[cs]es?)[ \t]*=[ \t]*(.*)$/;

/** The line that RubyGems reads instead of running the file: `# stub: NAME VERSION PLATFORM DIRECTORIES`. */
const STUB = /^# stub: (\S+) (\S+) (\S+)/;

/** `Gem::Version.new("1.0")`. */
const VERSION_OBJECT = /^Gem::Version\.(?:new|create)[ \t]*\(?[ \t]*/;

/** Finds installed gems, also default ones, by their specifications. */
export const GEM_READER: PackageReader = {
  ecosystems: ['gem'],
  wants: ({ path, size }) =>
    path.endsWith('.gemspec') && path.includes('/specifications/') && size <= MAX_MANIFEST_BYTES,
  read: (file) => unlessMalformed(() => parseGemspec(readManifest(file)), []),
};

/**
 * Returns the gem that a specification declares, or none. The file is a program in Ruby, which is not run: only
 * assignments of plain strings are read, and the comment that RubyGems itself reads.
 */
export function parseGemspec(text: string): LanguagePackage[] {
  let stub: RegExpExecArray | null = null;
  const fields = new Map<string, string | null>();
  let licences: string[] = [];
  const lines = text.split(/\r?\n/);
  lines.forEach((line, number) => {
    if (line.length > MAX_LINE) return;
    if (line.startsWith('# stub: ')) stub ??= STUB.exec(line);
    const [, field, value] = ASSIGNMENT.exec(line) ?? [];
    if (field === undefined || value === undefined) return;
    if (field.startsWith('licen')) licences = stringsOf(value, lines, number);
    else if (!fields.has(field))
      fields.set(field, unquoteRuby(value.replace(VERSION_OBJECT, ''))?.text ?? null);
  });
  const [, stubName, stubVersion, stubPlatform] = stub ?? [];
  const name = statedText(fields.get('name') ?? stubName);
  if (name === null) return [];
  const platform = statedText(fields.get('platform') ?? stubPlatform);
  return [
    {
      ecosystem: 'gem',
      namespace: null,
      name,
      version: statedText(fields.get('version') ?? stubVersion),
      licences: statedLicences(licences),
      platform: platform === 'ruby' ? null : platform,
      innerPath: null,
      isWholeFile: false,
    },
  ];
}

/** Returns the strings of an expression: one, or those of a list, which may continue on the next lines. */
function stringsOf(value: string, lines: readonly string[], number: number): string[] {
  const strings: string[] = [];
  const isList = value.startsWith('[');
  let rest = isList ? value.slice(1) : value;
  for (let next = number + 1; ; ) {
    const string = unquoteRuby(rest);
    if (string !== null) {
      strings.push(string.text);
      if (!isList || strings.length >= MAX_LICENCES) return strings;
      rest = string.rest.replace(/^(?:\.freeze)?[ \t]*,?/, '');
      continue;
    }
    // A list of a few lines; a longer one is not a list of licences.
    const isContinued = isList && /^[ \t]*(?:#.*)?$/.test(rest) && next < Math.min(lines.length, number + 20);
    if (!isContinued) return strings;
    rest = (lines[next] ?? '').slice(0, MAX_LINE);
    next++;
  }
}
