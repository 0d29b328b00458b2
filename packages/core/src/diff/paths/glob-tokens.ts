import { type CharacterSet, isNamedClass, readSet } from './glob-set.js';

/** A set, a literal character, or one of `?`, `*`, `/`, `{`, `,` and `}`. */
export type GlobToken =
  | CharacterSet
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' | 'star' | 'slash' | 'open' | 'comma' | 'close' };

const SPECIAL: ReadonlyMap<string, GlobToken> = new Map<string, GlobToken>([
  ['?', { kind: 'one' }],
  ['*', { kind: 'star' }],
  ['/', { kind: 'slash' }],
  ['{', { kind: 'open' }],
  [',', { kind: 'comma' }],
  ['}', { kind: 'close' }],
]);

/**
 * Splits a pattern into tokens. An unclosed `[` is text.
 *
 * @throws SyntaxError as `readSet`, and for a backslash at the end
 */
export function readTokens(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  let noMoreSets = false;
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at] ?? '';
    // After an unclosed bracket no set can close, except within class names. Searching each time would be quadratic.
    if (character === '[' && (!noMoreSets || isNamedClass(pattern, at))) {
      const found = readSet(pattern, at);
      if (found !== undefined) {
        tokens.push(found.set);
        at = found.end;
        continue;
      }
      noMoreSets = true;
    }
    if (character === '\\') {
      at++;
      if (at === pattern.length) throw new SyntaxError('it ends with a backslash');
      if (pattern[at] !== '/') {
        const text = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
        tokens.push({ kind: 'text', text });
        at += text.length;
        continue;
      }
    }
    const text = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    tokens.push(SPECIAL.get(text) ?? { kind: 'text', text });
    at += text.length;
  }
  return tokens;
}
