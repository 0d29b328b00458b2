/**
 * Compiles a pattern for names such as `FOO_*`: `*` takes any characters, slashes as well, `?` takes one, a
 * backslash takes the character after it as it is. The result takes time with the product of both lengths at most.
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
    let taken = 0;
    for (let i = 0; i < letters.length; ) {
      const want = tokens[token];
      if (want === STAR) {
        star = token++;
        taken = i;
      } else if (want === ANY || (want !== undefined && want === letters[i])) {
        token++;
        i++;
      } else if (star >= 0) {
        token = star + 1;
        i = ++taken;
      } else return false;
    }
    while (tokens[token] === STAR) token++;
    return token === tokens.length;
  };
}

/** Whether any of the patterns takes a name; see `compileNameGlob`. */
export function matchesAny(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map(compileNameGlob);
  return (name) => globs.some((glob) => glob(name));
}

/** Whether a pattern has a `*` or `?` that is no plain character. */
export function isPattern(pattern: string): boolean {
  return /^(?:[^\\]|\\.)*?[*?]/s.test(pattern);
}

const STAR = Symbol('any characters');
const ANY = Symbol('one character');
