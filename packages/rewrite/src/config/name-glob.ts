/**
 * Compiles a pattern for names, such as `FOO_*`: `*` matches any characters including slashes, `?` matches one, and a
 * backslash escapes the next character. Matching takes at most time proportional to the product of both lengths.
 */
export function compileNameGlob(pattern: string): (name: string) => boolean {
  const tokens: (string | typeof STAR | typeof ANY)[] = [];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    if (character === '*') tokens.push(STAR);
    else if (character === '?') tokens.push(ANY);
    else if (character === '\\' && i + 1 < characters.length) tokens.push(characters[++i] ?? '');
    else tokens.push(character);
  }
  return (name) => {
    const letters = [...name];
    let token = 0;
    let star = -1;
    let starEnd = 0;
    for (let i = 0; i < letters.length; ) {
      const expected = tokens[token];
      if (expected === STAR) {
        star = token++;
        starEnd = i;
      } else if (expected === ANY || (expected !== undefined && expected === letters[i])) {
        token++;
        i++;
      } else if (star >= 0) {
        token = star + 1;
        i = ++starEnd;
      } else return false;
    }
    while (tokens[token] === STAR) token++;
    return token === tokens.length;
  };
}

/** Returns a test for names that match any of the patterns; see `compileNameGlob`. */
export function matchesAny(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map(compileNameGlob);
  return (name) => globs.some((glob) => glob(name));
}

/** Returns whether a pattern has an unescaped `*` or `?`. */
export function isPattern(pattern: string): boolean {
  return /^(?:[^\\]|\\.)*?[*?]/s.test(pattern);
}

const STAR = Symbol('any characters');
const ANY = Symbol('one character');
