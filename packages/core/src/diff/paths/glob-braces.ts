import type { GlobToken } from './glob-tokens.js';

/** Braces multiply: 40 pairs of them in a row would stand for a million million patterns. */
const MAX_ALTERNATIVES = 1000;
const MAX_TOKENS = 1_048_576;

const TEXTS = { open: '{', comma: ',', close: '}' } as const;

/**
 * Writes `a{b,c}` out as `ab` and `ac`. Braces without a comma are text, and so is a comma outside of braces.
 *
 * @returns one list of tokens for each alternative, without `open`, `comma` and `close`
 * @throws SyntaxError for a brace that is not closed or holds a range, and for more than 1,000 alternatives or
 *   1,048,576 tokens in all
 */
export function expandBraces(tokens: readonly GlobToken[]): GlobToken[][] {
  const special = findGroups(tokens);
  const outer: { done: GlobToken[][]; before: GlobToken[][] }[] = [];
  let done: GlobToken[][] = [];
  let current: GlobToken[][] = [[]];
  let spent = 0;
  const spend = (alternatives: number, cost: number): void => {
    spent += cost;
    if (alternatives > MAX_ALTERNATIVES || spent > MAX_TOKENS)
      throw new SyntaxError('its braces stand for too many patterns');
  };

  tokens.forEach((token, at) => {
    if (!special.has(at)) {
      spend(current.length, current.length);
      const plain = asText(token);
      for (const one of current) one.push(plain);
    } else if (token.kind === 'open') {
      outer.push({ done, before: current });
      done = [];
      current = [[]];
    } else {
      done.push(...current);
      spend(done.length, 0);
      current = [[]];
      const around = token.kind === 'close' ? outer.pop() : undefined;
      if (around === undefined) return;
      const { before } = around;
      const count = before.length * done.length;
      spend(count, count + sumOfLengths(before) * done.length + sumOfLengths(done) * before.length);
      current = before.flatMap((front) => done.map((end) => [...front, ...end]));
      done = around.done;
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

/** The indexes of braces with commas in them, and of these commas. */
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
        throw new SyntaxError('braces hold no ranges; [0-9] does');
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
