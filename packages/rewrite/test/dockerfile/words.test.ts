import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandWord, expandWords } from '../../src/dockerfile/expand-word.ts';
import { parseInstructions } from '../../src/dockerfile/parse-instructions.ts';
import { splitWords } from '../../src/dockerfile/words.ts';

const NO_VARIABLES: ReadonlyMap<string, string> = new Map();

/** Splits words with a regular expression, whose alternatives are in the order in which a shell recognises them. */
function naiveWords(text: string): string[] {
  const part = /\\[\s\S]|\\$|'[^']*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|\\?$)|[^\s]/g;
  const words: string[] = [];
  let end = -1;
  for (const match of text.matchAll(part)) {
    const token = match[0];
    // An escape character at the end, which is dropped.
    const kept = /^(?:\\|"(?:\\[\s\S]|[^"\\])*\\)$/.test(token) ? token.slice(0, -1) : token;
    if (match.index === end) words.push((words.pop() ?? '') + kept);
    else words.push(kept);
    end = match.index + token.length;
  }
  return words.filter((word) => word !== '');
}

function naiveExpansion(word: string): string {
  const part = /\\([\s\S])|\\$|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|([\s\S])/g;
  return word.replace(part, (token, escaped?: string, single?: string, double?: string, plain?: string) => {
    if (escaped !== undefined) return escaped;
    if (single !== undefined) return single;
    if (double !== undefined) return double.replace(/\\(["\\$])/g, '$1');
    return plain ?? (token === '\\' ? '' : token);
  });
}

const tricky = fc.string({
  unit: fc.constantFrom('a', '=', ' ', '\t', '\\', '"', "'", 'é', '😀'),
  maxLength: 20,
});

describe('words of an instruction', () => {
  it('are split as by a regular expression', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        expect(splitWords(text, '\\')).toEqual(naiveWords(text));
      }),
      { numRuns: runs(2000, 200_000) },
    );
  });

  it('are unquoted as by a regular expression', () => {
    fc.assert(
      fc.property(tricky, (text) => {
        const isComplete = /^(?:\\[\s\S]|\\$|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|[^'"\\])*$/.test(text);
        fc.pre(isComplete);
        expect(expandWord(text, NO_VARIABLES, '\\')).toBe(naiveExpansion(text));
      }),
      { numRuns: runs(2000, 200_000) },
    );
  });

  it('are parsed to their end, with any content', () => {
    const any = fc.string({ unit: fc.constantFrom(...`a1_ "'\\$\{}:-+?=/#%`), maxLength: 30 });
    fc.assert(
      fc.property(any, (text) => {
        try {
          expandWord(text, new Map([['a', '1 2']]), '\\');
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_LAYERS_DOCKERFILE' });
        }
      }),
      { numRuns: runs(2000, 200_000) },
    );
  });
});

type Quote = (text: string) => string;

const quotes: readonly Quote[] = [
  (text) => `"${text.replace(/["\\$]/g, '\\$&')}"`,
  (text) => `'${text.replaceAll("'", `'"'"'`)}'`,
  (text) => [...text].map((char) => `\\${char}`).join(''),
];

const value = fc.string({
  unit: fc.constantFrom('a', ' ', '=', '\\', '"', "'", '$', '{', '}', 'é', '#'),
  maxLength: 12,
});
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const pairs = fc.uniqueArray(fc.tuple(name, value, fc.constantFrom(...quotes)), {
  selector: ([key]) => key,
  minLength: 1,
  maxLength: 6,
});

it.each(['ENV', 'LABEL'])('%s returns the values that were quoted', (instruction) => {
  fc.assert(
    fc.property(pairs, (given) => {
      const text = given.map(([key, each, quote]) => `${key}=${quote(each)}`).join('  ');
      const config = parseInstructions([`${instruction} ${text} LAST_ONE=""`]);
      const made = instruction === 'ENV' ? config.env : config.labels;
      expect([...made]).toEqual([...given.map(([key, each]) => [key, each]), ['LAST_ONE', '']]);
    }),
    { numRuns: runs(500, 50_000) },
  );
});

it('a value of a variable is not expanded again', () => {
  fc.assert(
    fc.property(value, (text) => {
      const variables = new Map([['v', text]]);
      expect(expandWord(`$v\${v}"$v"`, variables, '\\')).toBe(text.repeat(3));
    }),
    { numRuns: runs(500, 50_000) },
  );
});

it('expandWords splits values at spaces, unless they are quoted', () => {
  const variables = new Map([['v', ' 80  81 ']]);
  expect(expandWords('$v', variables, '\\')).toEqual(['80', '81']);
  expect(expandWords('x$v', variables, '\\')).toEqual(['x', '80', '81']);
  expect(expandWords('"$v"', variables, '\\')).toEqual([' 80  81 ']);
  expect(expandWords('1\\ 2', variables, '\\')).toEqual(['1 2']);
});
