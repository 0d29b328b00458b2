import { expandBraces } from './glob-braces.js';
import { compileSegment } from './glob-segment.js';
import { type GlobToken, readTokens } from './glob-tokens.js';

/** The part of a pattern that matches one name of a path. */
export interface GlobPart {
  readonly matches: (name: string) => boolean;
  /** Whether any number of names may precede it. */
  readonly anyBefore: boolean;
}

/** The parts from the root down. An empty list matches the root itself. */
export type Glob = readonly GlobPart[];

/** A `**` at the end: any name below. */
export const ANYTHING: GlobPart = { matches: () => true, anyBefore: false };

const MAX_LENGTH = 65_536;

/**
 * Compiles a pattern of `createPathFilter` to one glob for each alternative of its braces.
 *
 * @throws SyntaxError with a message about the pattern
 */
export function compileGlob(pattern: string): Glob[] {
  if (pattern === '') throw new SyntaxError('it is empty');
  if (pattern.length > MAX_LENGTH) throw new SyntaxError(`it is longer than ${MAX_LENGTH} characters`);
  if (pattern.startsWith('!')) {
    throw new SyntaxError('a leading ! does not negate a pattern; write \\! for the character');
  }
  const relative = pattern.replace(/^(?:\.?\/)+/, '');
  if (relative === '' || relative === '.') return [[]];

  const fromRoot = hasSlashBeforeEnd(pattern);
  return expandBraces(readTokens(relative))
    .map((tokens) => partsOf(tokens, fromRoot))
    .filter((glob) => glob.length > 0);
}

function hasSlashBeforeEnd(pattern: string): boolean {
  let end = pattern.length;
  while (pattern[end - 1] === '/') end--;
  return pattern.slice(0, end).includes('/');
}

function partsOf(tokens: readonly GlobToken[], fromRoot: boolean): Glob {
  const parts: GlobPart[] = [];
  let anyBefore = !fromRoot;
  let endsInAny = false;
  for (const segment of segmentsOf(tokens)) {
    endsInAny = segment.length === 2 && segment.every(({ kind }) => kind === 'star');
    if (endsInAny) {
      anyBefore = true;
      continue;
    }
    if (isDots(segment)) throw new SyntaxError('it contains the path component . or ..');
    parts.push({ matches: compileSegment(segment), anyBefore });
    anyBefore = false;
  }
  // A matched directory matches with all its descendants, so one more name stands for any number of names.
  if (endsInAny) parts.push(ANYTHING);
  return parts;
}

function segmentsOf(tokens: readonly GlobToken[]): GlobToken[][] {
  const segments: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'slash') segments.push([]);
    else segments.at(-1)?.push(token);
  }
  return segments.filter(({ length }) => length > 0);
}

const isDots = (segment: readonly GlobToken[]): boolean =>
  segment.length <= 2 && segment.every((token) => token.kind === 'text' && token.text === '.');
