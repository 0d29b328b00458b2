import { execForm } from '@layers/rewrite/dockerfile';

/** A list as Go's `%q` prints it: `["sh" "-c" "a \"b\""]`. */
const QUOTED_LIST = /^\[(?:"(?:[^"\\]|\\.)*"(?: |(?=\])))*\]$/s;

/**
 * Parses the words of CMD, ENTRYPOINT or SHELL in a history: a JSON list, a list that Go printed with or without quotes, or
 * shell form.
 *
 * @param expected the words that the config has: lists without quotes are ambiguous
 * @param shell runs commands in shell form
 */
export function parseWordList(
  text: string,
  expected: readonly string[] | null,
  shell: readonly string[],
): readonly string[] {
  const list = text.trim();
  const json = jsonWords(list);
  if (json !== null) return json;
  if (expected !== null && list === `[${expected.join(' ')}]`) return expected;
  if (QUOTED_LIST.test(list))
    return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, word = '']) => unquoted(word));
  if (!list.startsWith('[') || !list.endsWith(']')) return list === '' ? [] : [...shell, list];
  const words = list.slice(1, -1);
  const prefix = `${shell.join(' ')} `;
  if (words.startsWith(prefix)) return [...shell, words.slice(prefix.length)];
  return words.split(' ').filter((word) => word !== '');
}

/** Returns the words of a JSON list of strings; null for any other text. */
export function jsonWords(text: string): readonly string[] | null {
  try {
    return execForm(text) ?? null;
  } catch {
    return null;
  }
}

const SHORT: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** Returns the text of a string literal of Go, without its quotes (Go specification, "String literals"). */
function unquoted(literal: string): string {
  const bytes: Uint8Array[] = [];
  for (const [part, hex = '', code4 = '', code8 = '', short = ''] of literal.matchAll(
    /\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.)|[^\\]+/gs,
  )) {
    const code = Number.parseInt(code4 + code8, 16);
    if (hex !== '') bytes.push(Buffer.from(hex, 'hex'));
    else if (!Number.isNaN(code))
      bytes.push(Buffer.from(code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)));
    else bytes.push(Buffer.from(short === '' ? part : (SHORT.get(short) ?? short)));
  }
  return Buffer.concat(bytes).toString();
}
