import { setTakes } from './glob-set.js';
import type { GlobToken } from './glob-tokens.js';

/** What stands between stars: texts, `?` and sets, which take a fixed number of characters. */
type Piece = readonly (string | Exclude<GlobToken, { readonly kind: 'text' }>)[];

/**
 * Compiles what a pattern says of one name, without slashes or braces.
 *
 * Every piece between stars is taken where it is found first. As a piece takes as many characters wherever it is, no
 * later place leaves more for the pieces after it; so nothing is ever tried again, and a name takes time with its
 * length times the pattern's at most.
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

/** Where a piece ends that begins at a position; negative if it is not there. */
function endOf(piece: Piece, name: string, start: number): number {
  let at = start;
  for (const item of piece) {
    if (typeof item === 'string') {
      if (!name.startsWith(item, at)) return -1;
      at += item.length;
    } else {
      const code = name.codePointAt(at);
      if (code === undefined || (item.kind === 'set' && !setTakes(item, code))) return -1;
      at += widthOf(code);
    }
  }
  return at;
}

/** Where the first piece at or after a position ends; negative if there is none. */
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

/** Where a piece begins that would reach to the end; negative if the name is too short. */
function startOfLast(piece: Piece, name: string): number {
  let at = name.length;
  for (let i = piece.length - 1; i >= 0 && at >= 0; i--) {
    const item = piece[i];
    if (typeof item === 'string') at -= item.length;
    else at -= at >= 2 && (name.codePointAt(at - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** In UTF-16 units. */
const widthOf = (code: number): number => (code > 0xffff ? 2 : 1);
