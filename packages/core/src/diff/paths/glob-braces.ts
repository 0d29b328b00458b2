import type { GlobToken } from './glob-tokens.js';

/** Braces multiply: 40 consecutive pairs would expand to 2^40 patterns. */
const MAX_ALTERNATIVES = 1000;
const MAX_TOKENS = 1_048_576;

const TEXTS = { open: '{', comma: ',', close: '}' } as const;

/**
 * Expands `a{b,c}` to `ab` and `ac`. Braces without a comma are text, and so is a comma outside braces.
 *
 * @returns one list of tokens for each alternative, without `open`, `comma` and `close`
 * @throws SyntaxError for an unclosed brace, a range in braces, more than 1,000 alternatives or 1,048,576 tokens
 */
export function expandBraces(tokens: readonly GlobToken[]): GlobToken[][] {
  const special = findGroups(tokens);
  const outer: { done: GlobToken[][]; before: GlobToken[][] }[] = [];
  let done: GlobToken[][] = [];
  let current: GlobToken[][] = [[]];
  let totalCost = 0;
  const addCost = (alternatives: number, cost: number): void => {
    totalCost += cost;
    if (alternatives > MAX_ALTERNATIVES || totalCost > MAX_TOKENS)
      throw new SyntaxError('its braces expand to too many patterns');
  };

  tokens.forEach((token, at) => {
    if (!special.has(at)) {
      addCost(current.length, current.length);
      const plain = asText(token);
      for (const one of current) one.push(plain);
    } else if (token.kind === 'open') {
      outer.push({ done, before: current });
      done = [];
      current = [[]];
    } else {
      done.push(...current);
      addCost(done.length, 0);
      current = [[]];
      const enclosing = token.kind === 'close' ? outer.pop() : undefined;
      if (enclosing === undefined) return;
      const { before } = enclosing;
      const count = before.length * done.length;
      addCost(count, count + sumOfLengths(before) * done.length + sumOfLengths(done) * before.length);
      current = before.flatMap((front) => done.map((end) => [...front, ...end]));
      done = enclosing.done;
    }
  });
  return current;
}

const sumOfLengths = (lists: readonly (readonly unknown[])[]): number =>
  lists.reduce((sum, { length }) => sum + length, 0);

const asText = (token: GlobToken): GlobToken =>
  token.kind === 'open' || token.kind === 'comma' || token.kind === 'close'
    ? { kind: 'text', text: TEXTS[token.kind] }
    : token;

/** Returns the indexes of braces that contain commas, and of these commas. */
function findGroups(tokens: readonly GlobToken[]): Set<number> {
  const special = new Set<number>();
  const open: { at: number; commas: number[]; holdsBraces: boolean }[] = [];
  tokens.forEach(({ kind }, at) => {
    const inner = open.at(-1);
    if (kind === 'open') {
      if (inner !== undefined) inner.holdsBraces = true;
      open.push({ at, commas: [], holdsBraces: false });
    } else if (kind === 'comma') {
      inner?.commas.push(at);
    } else if (kind === 'close' && inner !== undefined) {
      open.pop();
      if (inner.commas.length > 0) for (const index of [inner.at, ...inner.commas, at]) special.add(index);
      else if (!inner.holdsBraces && isRange(tokens.slice(inner.at + 1, at)))
        throw new SyntaxError('braces cannot contain a range; use brackets, as in [0-9]');
    }
  });
  if (open.length > 0) throw new SyntaxError('a brace is not closed');
  return special;
}

function isRange(tokens: readonly GlobToken[]): boolean {
  const isDot = (token: GlobToken | undefined): boolean => token?.kind === 'text' && token.text === '.';
  return (
    tokens.some((token, i) => isDot(token) && isDot(tokens[i + 1])) &&
    !tokens.some(({ kind }) => kind === 'slash')
  );
}
