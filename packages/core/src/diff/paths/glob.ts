import { expandBraces } from './glob-braces.js';
import { compileSegment } from './glob-segment.js';
import { type GlobToken, readTokens } from './glob-tokens.js';

/** What a pattern says of one name in a path. */
export interface GlobPart {
  readonly matches: (name: string) => boolean;
  /** Whether there may be any names before it. */
  readonly anyBefore: boolean;
}

/** One after another from the root; without any, it is the root that is meant. */
export type Glob = readonly GlobPart[];

/** The `**` at the end: any name below. */
export const ANYTHING: GlobPart = { matches: () => true, anyBefore: false };

const MAX_LENGTH = 65_536;

/**
 * Compiles a pattern as `createPathFilter` describes them, into one glob for each alternative that its braces make.
 *
 * @throws SyntaxError that tells what is wrong with the pattern
 */
export function compileGlob(pattern: string): Glob[] {
  if (pattern === '') throw new SyntaxError('it is empty');
  if (pattern.length > MAX_LENGTH) throw new SyntaxError(`it is longer than ${MAX_LENGTH} characters`);
  if (pattern.startsWith('!')) {
    throw new SyntaxError('an exclamation mark does not turn a pattern round; \\! is the character');
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
    if (isDots(segment)) throw new SyntaxError('no path has a part . or ..');
    parts.push({ matches: compileSegment(segment), anyBefore });
    anyBefore = false;
  }
  // What a directory takes is taken with all below it, so that one name more is any number.
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
