/** What `[...]` takes: one character, by its code point. */
export interface CharacterSet {
  readonly kind: 'set';
  readonly negated: boolean;
  /** First and last code points, in turn. */
  readonly ranges: readonly number[];
}

const BETWEEN: ReadonlyMap<string, readonly string[]> = new Map([
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

const NAMED = /\[:([A-Za-z]+):\]/y;

/** Whether a named class such as `[:alpha:]` is written at a position. */
export function isNamedClass(pattern: string, at: number): boolean {
  NAMED.lastIndex = at;
  return NAMED.test(pattern);
}

/**
 * Reads a set whose `[` is at a position (a UTF-16 offset).
 *
 * @returns the set and the position after it; nothing if no bracket closes it
 * @throws SyntaxError for a range that is turned round and a class without meaning
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
      const name = pattern.slice(next + 2, NAMED.lastIndex - 2);
      const known = BETWEEN.get(name);
      if (known === undefined) problem ??= `there is no class [:${name}:]`;
      for (const text of known ?? []) ranges.push(text.charCodeAt(0), text.charCodeAt(1));
      next = NAMED.lastIndex;
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
    if (to.code < from.code) problem ??= 'a range in brackets is turned round';
    ranges.push(from.code, to.code);
  }
  return undefined;
}

/** Whether a set takes a code point. */
export function setTakes({ negated, ranges }: CharacterSet, code: number): boolean {
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
