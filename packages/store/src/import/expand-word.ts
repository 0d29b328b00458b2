import { dockerfileError, quoted } from './dockerfile-error.js';
import { isSpace } from './spaces.js';

/** The variables that a word may name. */
export type Variables = ReadonlyMap<string, string>;

/** No honest text nests defaults of defaults deeper; each level is a call. */
const MAX_DEPTH = 100;

/**
 * Takes quotes and escapes out of a word and puts in the values of `$name`, `${name}`, `${name:-default}`,
 * `${name:+instead}` and `${name:?message}`, each also without the colon. What is not set is empty.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function expandWord(word: string, variables: Variables, escapeChar: string): string {
  return expand(word, variables, escapeChar).text;
}

/** As `expandWord`, split at spaces that are neither quoted nor escaped, also at those of values. */
export function expandWords(word: string, variables: Variables, escapeChar: string): readonly string[] {
  return expand(word, variables, escapeChar).words;
}

interface Expanded {
  readonly text: string;
  readonly words: readonly string[];
}

interface Scan {
  readonly chars: readonly string[];
  at: number;
  readonly variables: Variables;
  readonly escapeChar: string;
  depth: number;
}

function expand(word: string, variables: Variables, escapeChar: string): Expanded {
  return read({ chars: [...word], at: 0, variables, escapeChar, depth: 0 }, word, null);
}

/** Reads up to `stop`, and steps over it; to the end where it is null. */
function read(scan: Scan, whole: string, stop: '}' | null): Expanded {
  const { chars, escapeChar } = scan;
  const words: string[] = [];
  let text = '';
  let word = '';
  const addSplit = (value: string): void => {
    for (const char of value) {
      if (!isSpace(char)) word += char;
      else {
        if (word !== '') words.push(word);
        word = '';
      }
    }
    text += value;
  };
  const addWhole = (value: string): void => {
    word += value;
    text += value;
  };
  for (;;) {
    const char = chars[scan.at];
    if (char === undefined || char === stop) break;
    if (char === '$') addSplit(dollar(scan, whole));
    else if (char === "'") addWhole(singleQuoted(scan, whole));
    else if (char === '"') addWhole(doubleQuoted(scan, whole));
    else {
      scan.at++;
      if (char !== escapeChar) addSplit(char);
      else addWhole(chars[scan.at++] ?? '');
    }
  }
  if (stop !== null && chars[scan.at++] !== stop) throw failed(whole, "syntax error: missing '}'");
  if (word !== '') words.push(word);
  return { text, words };
}

function singleQuoted(scan: Scan, whole: string): string {
  const end = scan.chars.indexOf("'", scan.at + 1);
  if (end < 0) throw failed(whole, 'unexpected end of statement while looking for matching single-quote');
  const text = scan.chars.slice(scan.at + 1, end).join('');
  scan.at = end + 1;
  return text;
}

function doubleQuoted(scan: Scan, whole: string): string {
  const { chars, escapeChar } = scan;
  let text = '';
  scan.at++;
  for (;;) {
    const char = chars[scan.at];
    if (char === undefined)
      throw failed(whole, 'unexpected end of statement while looking for matching double-quote');
    if (char === '$') {
      text += dollar(scan, whole);
      continue;
    }
    scan.at++;
    if (char === '"') return text;
    const next = chars[scan.at];
    // Before anything else the character stands for itself, as in a shell.
    const escapes = char === escapeChar && (next === '"' || next === '$' || next === escapeChar);
    if (escapes) scan.at++;
    text += escapes ? next : char;
  }
}

function dollar(scan: Scan, whole: string): string {
  const { chars, variables } = scan;
  scan.at++;
  if (chars[scan.at] !== '{') {
    const name = nameAt(scan);
    return name === '' ? '$' : (variables.get(name) ?? '');
  }
  scan.at++;
  const first = chars[scan.at];
  if (first === undefined) throw failed(whole, "syntax error: missing '}'");
  if (first === '{' || first === '}' || first === ':') throw failed(whole, 'syntax error: bad substitution');
  const name = nameAt(scan);
  const value = variables.get(name);
  let modifier = chars[scan.at++];
  if (modifier === '}') return value ?? '';
  const emptyIsUnset = modifier === ':';
  if (emptyIsUnset) modifier = chars[scan.at++];
  if (modifier === undefined) throw failed(whole, "syntax error: missing '}'");
  if (modifier !== '-' && modifier !== '+' && modifier !== '?')
    throw failed(whole, `unsupported modifier (${emptyIsUnset ? ':' : ''}${modifier}) in substitution`);
  if (++scan.depth > MAX_DEPTH) throw failed(whole, 'defaults are nested too deep');
  const { text } = read(scan, whole, '}');
  scan.depth--;
  const isSet = value !== undefined && !(emptyIsUnset && value === '');
  if (modifier === '+') return isSet ? text : '';
  if (isSet) return value;
  if (modifier === '-') return text;
  throw failed(whole, `${name}: ${text === '' ? 'is not allowed to be unset' : text}`);
}

/** Letters, digits and `_`; of what begins with a digit the digits alone; or one of the shell's special names. */
function nameAt(scan: Scan): string {
  const first = scan.chars[scan.at] ?? '';
  if (/[@*#?\-$!]/.test(first)) {
    scan.at++;
    return first;
  }
  const part = /\p{Nd}/u.test(first) ? /\p{Nd}/u : /[\p{L}\p{Nd}_]/u;
  const start = scan.at;
  while (part.test(scan.chars[scan.at] ?? '')) scan.at++;
  return scan.chars.slice(start, scan.at).join('');
}

function failed(whole: string, trouble: string): Error {
  return dockerfileError(
    `failed to process ${quoted(whole)}: ${trouble}`,
    'a $ that stands for itself is written \\$, or between single quotes; quotes come in pairs',
  );
}
