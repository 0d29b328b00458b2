/** The characters that `[...]` matches, by code point. */
export interface CharacterSet {
  readonly kind: 'set';
  readonly negated: boolean;
  /** Pairs of first and last code points. */
  readonly ranges: readonly number[];
}

const CLASS_RANGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['alnum', ['09', 'AZ', 'az']],
  ['alpha', ['AZ', 'az']],
  ['ascii', ['\0\x7f']],
  ['blank', ['\t\t', '  ']],
  ['cntrl', ['\0\x1f', '\x7f\x7f']],
  ['digit', ['09']],
  ['graph', ['!~']],
  ['lower', ['az']],
  ['print', [' ~']],
  ['punct', ['!/', ':@', '[`', '{~']],
  ['space', ['\t\r', '  ']],
  ['upper', ['AZ']],
  ['word', ['09', 'AZ', '__', 'az']],
  ['xdigit', ['09', 'AF', 'af']],
]);

const CLASS_NAME = /\[:([A-Za-z]+):\]/y;

/** Returns whether a character class such as `[:alpha:]` starts at a position. */
export function isNamedClass(pattern: string, at: number): boolean {
  CLASS_NAME.lastIndex = at;
  return CLASS_NAME.test(pattern);
}

/**
 * Reads the set whose `[` is at a position, in UTF-16 code units.
 *
 * @returns the set and the position after it; undefined if no bracket closes it
 * @throws SyntaxError for a reversed range and an unknown character class
 */
export function readSet(
  pattern: string,
  at: number,
): { readonly set: CharacterSet; readonly end: number } | undefined {
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const ranges: number[] = [];
  const first = at + (negated ? 2 : 1);
  let problem: string | undefined;
  let next = first;
  while (next < pattern.length) {
    if (pattern[next] === ']' && next > first) {
      if (problem !== undefined) throw new SyntaxError(problem);
      return { set: { kind: 'set', negated, ranges }, end: next + 1 };
    }
    if (isNamedClass(pattern, next)) {
      const name = pattern.slice(next + 2, CLASS_NAME.lastIndex - 2);
      const known = CLASS_RANGES.get(name);
      if (known === undefined) problem ??= `unknown character class [:${name}:]`;
      for (const text of known ?? []) ranges.push(text.charCodeAt(0), text.charCodeAt(1));
      next = CLASS_NAME.lastIndex;
      continue;
    }
    const from = readCharacter(pattern, next);
    if (from === undefined) return undefined;
    next = from.end;
    let to = from;
    if (pattern[next] === '-' && pattern[next + 1] !== ']') {
      const last = readCharacter(pattern, next + 1);
      if (last === undefined) return undefined;
      to = last;
      next = last.end;
    }
    if (to.code < from.code) problem ??= 'a range in brackets is reversed';
    ranges.push(from.code, to.code);
  }
  return undefined;
}

/** Returns whether a set matches a code point. */
export function setMatches({ negated, ranges }: CharacterSet, code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (code >= (ranges[i] ?? 0) && code <= (ranges[i + 1] ?? 0)) return !negated;
  }
  return negated;
}

function readCharacter(
  pattern: string,
  at: number,
): { readonly code: number; readonly end: number } | undefined {
  const start = pattern[at] === '\\' ? at + 1 : at;
  const code = pattern.codePointAt(start);
  return code === undefined ? undefined : { code, end: start + (code > 0xffff ? 2 : 1) };
}
