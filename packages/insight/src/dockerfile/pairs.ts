import { parseInstructions } from '@layers/rewrite/dockerfile';
import { quoteWord } from './quote.js';

/** A name with its value, as ENV and LABEL set them. */
export type Pair = readonly [name: string, value: string];

/**
 * Splits the arguments of ENV or LABEL in a history. Docker records values without quotes, so that `A=b c D=e` has several
 * readings: that of the config counts, since only its names can have been set. Buildah and kaniko record the text of the
 * Dockerfile, with quotes and variables.
 *
 * @param known the names and values of the config
 * @param variables those that the text may use
 * @param isSource whether the builder records the text of the Dockerfile
 */
export function parsePairs(
  instruction: 'ENV' | 'LABEL',
  text: string,
  known: ReadonlyMap<string, string>,
  variables: ReadonlyMap<string, string>,
  isSource: boolean,
): readonly Pair[] {
  const expanded = splitPairs(text, known);
  const source = sourcePairs(instruction, text, variables);
  if (source === null) return expanded;
  const readings = isSource ? [source, expanded] : [expanded, source];
  const isExact = (pairs: readonly Pair[]) =>
    pairs.length > 0 && pairs.every(([name, value]) => known.get(name) === value);
  return readings.find(isExact) ?? (isSource ? source : expanded);
}

function splitPairs(text: string, known: ReadonlyMap<string, string>): Pair[] {
  const pairs: Pair[] = [];
  let position = 0;
  while (position < text.length) {
    const [start = '', name = ''] = /^([^\s=]+)=/.exec(text.slice(position)) ?? [];
    if (start === '') break;
    const from = position + start.length;
    const end = endOfValue(text, from, known.get(name), known);
    pairs.push([name, text.slice(from, end)]);
    position = end + 1;
  }
  return pairs;
}

/** Bounds the work for a hostile history. */
const LONGEST_NAME = 1000;

function endOfValue(
  text: string,
  from: number,
  value: string | undefined,
  known: ReadonlyMap<string, string>,
): number {
  const isEnd = (position: number) => position === text.length || text[position] === ' ';
  if (value !== undefined && text.startsWith(value, from) && isEnd(from + value.length))
    return from + value.length;
  let equals = -1;
  for (let space = text.indexOf(' ', from); space >= 0; space = text.indexOf(' ', space + 1)) {
    if (equals < space) equals = text.indexOf('=', space);
    if (equals < 0) break;
    if (equals - space <= LONGEST_NAME && known.has(text.slice(space + 1, equals))) return space;
  }
  return text.length;
}

function sourcePairs(
  instruction: 'ENV' | 'LABEL',
  text: string,
  variables: ReadonlyMap<string, string>,
): readonly Pair[] | null {
  if (/[\n\0]/.test(text) || text.trim() === '') return null;
  const given = [...variables].flatMap(([name, value]) => {
    const word = quoteWord(value, '\\');
    return word === null || !/^\w+$/.test(name) ? [] : [`ENV ${name}=${word}`];
  });
  try {
    const { env, labels } = parseInstructions([...given, `${instruction} ${text}`]);
    if (instruction === 'LABEL') return [...labels];
    const names = new Set([...text.matchAll(/(?<=^|\s)([^\s=]{1,1000})=/g)].map(([, name = '']) => name));
    return [...env].filter(([name]) => names.has(name));
  } catch {
    return null;
  }
}

/** Returns a text with its variables and quotes replaced, as builders do; null where they refuse it. */
export function expandText(text: string, variables: ReadonlyMap<string, string>): string | null {
  return sourcePairs('ENV', `LAYERS_TEXT="${text.replaceAll('"', '')}"`, variables)?.[0]?.[1] ?? null;
}
