import { setMatches } from './glob-set.js';
import type { GlobToken } from './glob-tokens.js';

/** A part of a segment between stars: text, `?` and sets, which match a fixed number of characters. */
type Piece = readonly (string | Exclude<GlobToken, { readonly kind: 'text' }>)[];

/**
 * Compiles the part of a pattern that matches one name, without slashes or braces.
 *
 * Each piece between stars matches at its first occurrence. A piece has the same length everywhere, so a later match
 * never leaves more text for the pieces after it. Matching needs no backtracking, and its time is at most the length
 * of the name times that of the pattern.
 */
export function compileSegment(tokens: readonly GlobToken[]): (name: string) => boolean {
  const [start = [], ...others] = piecesOf(tokens);
  const end = others.pop();
  if (end === undefined) {
    const [only] = start;
    if (start.length === 1 && typeof only === 'string') return (name) => name === only;
    return (name) => endOf(start, name, 0) === name.length;
  }
  const middle = others.filter((piece) => piece.length > 0);
  return (name) => {
    let at = endOf(start, name, 0);
    for (const piece of middle) {
      if (at < 0) return false;
      at = endOfFirst(piece, name, at);
    }
    if (at < 0) return false;
    const last = startOfLast(end, name);
    return last >= at && endOf(end, name, last) === name.length;
  };
}

function piecesOf(tokens: readonly GlobToken[]): Piece[] {
  let piece: Piece[number][] = [];
  const pieces = [piece];
  for (const token of tokens) {
    if (token.kind === 'star') {
      piece = [];
      pieces.push(piece);
    } else if (token.kind !== 'text') {
      piece.push(token);
    } else if (typeof piece.at(-1) === 'string') {
      piece.push(`${piece.pop()}${token.text}`);
    } else {
      piece.push(token.text);
    }
  }
  return pieces;
}

/** Returns the end of a piece that starts at a position; negative if it does not match there. */
function endOf(piece: Piece, name: string, start: number): number {
  let at = start;
  for (const item of piece) {
    if (typeof item === 'string') {
      if (!name.startsWith(item, at)) return -1;
      at += item.length;
    } else {
      const code = name.codePointAt(at);
      if (code === undefined || (item.kind === 'set' && !setMatches(item, code))) return -1;
      at += widthOf(code);
    }
  }
  return at;
}

/** Returns the end of the first match of a piece at or after a position; negative if there is none. */
function endOfFirst(piece: Piece, name: string, from: number): number {
  const [front] = piece;
  let at = from;
  while (at <= name.length) {
    if (typeof front === 'string') {
      at = name.indexOf(front, at);
      if (at < 0) return -1;
    }
    const end = endOf(piece, name, at);
    if (end >= 0) return end;
    at += widthOf(name.codePointAt(at) ?? 0);
  }
  return -1;
}

/** Returns the start of a piece that ends at the end of the name; negative if the name is too short. */
function startOfLast(piece: Piece, name: string): number {
  let at = name.length;
  for (let i = piece.length - 1; i >= 0 && at >= 0; i--) {
    const item = piece[i];
    if (typeof item === 'string') at -= item.length;
    else at -= at >= 2 && (name.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** In UTF-16 code units. */
const widthOf = (code: number): number => (code > 0xffff ? 2 : 1);
