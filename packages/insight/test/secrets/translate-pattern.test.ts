import { describe, expect, it } from 'vitest';
import { translatePattern, Untranslatable } from '../../src/secrets/custom/translate-pattern.ts';

/** Returns what a translated pattern finds in a text: its matches as bytes. */
function found(source: string, text: string): string[] {
  const { pattern } = translatePattern(source);
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return Array.from(bytes.matchAll(new RegExp(pattern.source, 'g')), ([match]) =>
    Buffer.from(match, 'latin1').toString('utf8'),
  );
}

describe('a pattern of RE2', () => {
  it.each([
    // Flags.
    ['(?i)abc', 'xABcx', ['ABc']],
    ['a(?i)b', 'ab aB Ab', ['ab', 'aB']],
    ['a(?i:b)c', 'aBc aBC', ['aBc']],
    ['(?i)a(?-i:b)c', 'AbC ABC', ['AbC']],
    ['(?i)[a-c]+', 'aBCd', ['aBC']],
    ['(?i)[^a]', 'aAb', ['b']],
    ['(a(?i)b|c)D', 'aBD CD cd CD', ['aBD', 'CD', 'CD']],
    ['a.c', 'a\nc abc a\rc', ['abc', 'a\rc']],
    ['(?s)a.c', 'a\nc', ['a\nc']],
    ['(?s:a.c)|b.d', 'a\nc b\nd', ['a\nc']],
    ['^a', 'a\na', ['a']],
    ['(?m)^a$', 'a\na\nab', ['a', 'a']],
    ['a$', 'a\na', ['a']],
    ['\\Aa', 'aa', ['a']],
    ['a\\z', 'aa', ['a']],
    ['(?U)a+', 'aaa', ['a', 'a', 'a']],
    ['(?U)a+?', 'aaa', ['aaa']],
    ['a+?', 'aaa', ['a', 'a', 'a']],
    // Groups and repetitions.
    ['(?P<name>a)b', 'ab', ['ab']],
    ['(?<name>a)b', 'ab', ['ab']],
    ['(?:ab){2,}', 'abababx', ['ababab']],
    ['a{2}', 'aaaaa', ['aa', 'aa']],
    ['a{1,2}', 'aaa', ['aa', 'a']],
    ['a{,2}', 'a{,2}', ['a{,2}']],
    ['{a}', '{a}', ['{a}']],
    ['a|', 'a', ['a', '']],
    // Classes.
    ['[[:alnum:]]+', 'a1_é', ['a1']],
    ['[[:^digit:]x]+', '12ab', ['ab']],
    ['[\\w.-]+', 'a.b-c d', ['a.b-c', 'd']],
    ['[^\\s]+', 'a\u000bb c', ['a\u000bb', 'c']],
    ['\\s', 'a\u000b\u00a0 ', [' ']],
    ['[]a]+', ']a', [']a']],
    ['[^]a]+', ']ab', ['b']],
    ['[a-]+', 'a-b', ['a-']],
    ['[[]', '[', ['[']],
    ['[\\\'"\\-\\/]+', `'"-/`, [`'"-/`]],
    ['\\d\\D\\W\\S', '1a-b', ['1a-b']],
    // Escapes.
    ['\\x41\\x{42}\\103', 'ABC', ['ABC']],
    ['\\Q.*\\E.', '.*x', ['.*x']],
    ['\\.\\/\\"\\=\\ ', './"= ', ['./"= ']],
    ['\\t\\n\\a', '\t\n\x07', ['\t\n\x07']],
    ['é+', 'éé', ['éé']],
    ['(?i)\\x41', 'a', ['a']],
    ['/=_', '/=_', ['/=_']],
  ])('%j finds in %j', (source, text, expected) => {
    expect(found(source, text)).toEqual(expected);
  });

  it.each([
    ['(?=a)b', 'a group that RE2 does not know'],
    ['(?<!a)b', 'a group that RE2 does not know'],
    ['(a)\\1', 'the escape \\1'],
    ['\\pL', 'the escape \\p'],
    ['[é]', 'characters that are not ASCII'],
    ['[[:what:]]', 'an unknown class'],
    ['(a', 'parentheses do not match'],
    ['a)', 'parentheses do not match'],
    ['[a', 'a bracket does not end'],
    ['[z-a]', 'backwards'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a\\', 'ends with a backslash'],
    ['(?P<a>x)(?P<a>y)', 'invalid'],
  ])('%j has no translation: %s', (source, reason) => {
    expect(() => translatePattern(source)).toThrow(Untranslatable);
    expect(() => translatePattern(source)).toThrow(reason);
  });

  it.each([
    ['-----BEGIN[\\s\\S]{64,}?END', true],
    ['a[^"]{1,2000}b', true],
    ['[a-z]{250,}', true],
    ['a[^"]{1,200}b', false],
    ['a.*b', false],
    ['[a-z]+', false],
  ])('%j needs a large window: %s', (source, isLong) => {
    expect(translatePattern(source).isLong).toBe(isLong);
  });
});
