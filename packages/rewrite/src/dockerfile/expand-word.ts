import { dockerfileError, quoted } from './dockerfile-error.js';
import { isSpace } from './words.js';

/** The values of variables, by their names. */
export type Variables = ReadonlyMap<string, string>;

/** Limits the recursion of `${a:-${b:-…}}`. */
const MAX_DEPTH = 100;

/**
 * Removes the quotes and escapes of a word and expands `$name`, `${name}`, `${name:-default}`, `${name:+instead}` and
 * `${name:?message}`, each also without the colon. A variable that is not set is empty.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function expandWord(word: string, variables: Variables, escapeChar: string): string {
  return expand(word, variables, escapeChar).text;
}

/** As `expandWord`, and splits the result at unquoted and unescaped spaces, also those of values. */
export function expandWords(word: string, variables: Variables, escapeChar: string): readonly string[] {
  return expand(word, variables, escapeChar).words;
}

interface Expanded {
  readonly text: string;
  readonly words: readonly string[];
}

interface Scan {
  readonly chars: readonly string[];
  position: number;
  readonly variables: Variables;
  readonly escapeChar: string;
  depth: number;
}

function expand(word: string, variables: Variables, escapeChar: string): Expanded {
  return read({ chars: [...word], position: 0, variables, escapeChar, depth: 0 }, word, null);
}

/** Reads up to and over `stop`; to the end where it is null. */
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
    const char = chars[scan.position];
    if (char === undefined || char === stop) break;
    if (char === '$') addSplit(readVariable(scan, whole));
    else if (char === "'") addWhole(readSingleQuoted(scan, whole));
    else if (char === '"') addWhole(readDoubleQuoted(scan, whole));
    else {
      scan.position++;
      if (char !== escapeChar) addSplit(char);
      else addWhole(chars[scan.position++] ?? '');
    }
  }
  if (stop !== null && chars[scan.position++] !== stop)
    throw expansionError(whole, "syntax error: missing '}'");
  if (word !== '') words.push(word);
  return { text, words };
}

function readSingleQuoted(scan: Scan, whole: string): string {
  const end = scan.chars.indexOf("'", scan.position + 1);
  if (end < 0)
    throw expansionError(whole, 'unexpected end of statement while looking for matching single-quote');
  const text = scan.chars.slice(scan.position + 1, end).join('');
  scan.position = end + 1;
  return text;
}

function readDoubleQuoted(scan: Scan, whole: string): string {
  const { chars, escapeChar } = scan;
  let text = '';
  scan.position++;
  for (;;) {
    const char = chars[scan.position];
    if (char === undefined)
      throw expansionError(whole, 'unexpected end of statement while looking for matching double-quote');
    if (char === '$') {
      text += readVariable(scan, whole);
      continue;
    }
    scan.position++;
    if (char === '"') return text;
    const next = chars[scan.position];
    // Before any other character it stands for itself, as in a shell.
    const escapes = char === escapeChar && (next === '"' || next === '$' || next === escapeChar);
    if (escapes) scan.position++;
    text += escapes ? next : char;
  }
}

function readVariable(scan: Scan, whole: string): string {
  const { chars, variables } = scan;
  scan.position++;
  if (chars[scan.position] !== '{') {
    const name = readName(scan);
    return name === '' ? '$' : (variables.get(name) ?? '');
  }
  scan.position++;
  const first = chars[scan.position];
  if (first === undefined) throw expansionError(whole, "syntax error: missing '}'");
  if (first === '{' || first === '}' || first === ':')
    throw expansionError(whole, 'syntax error: bad substitution');
  const name = readName(scan);
  const value = variables.get(name);
  let modifier = chars[scan.position++];
  if (modifier === '}') return value ?? '';
  const emptyIsUnset = modifier === ':';
  if (emptyIsUnset) modifier = chars[scan.position++];
  if (modifier === undefined) throw expansionError(whole, "syntax error: missing '}'");
  if (modifier !== '-' && modifier !== '+' && modifier !== '?')
    throw expansionError(
      whole,
      `unsupported modifier (${emptyIsUnset ? ':' : ''}${modifier}) in substitution`,
    );
  if (++scan.depth > MAX_DEPTH) throw expansionError(whole, 'defaults are nested too deep');
  const { text } = read(scan, whole, '}');
  scan.depth--;
  const isSet = value !== undefined && !(emptyIsUnset && value === '');
  if (modifier === '+') return isSet ? text : '';
  if (isSet) return value;
  if (modifier === '-') return text;
  throw expansionError(whole, `${name}: ${text === '' ? 'is not allowed to be unset' : text}`);
}

/** Reads a name: letters, digits and `_`; only digits where it starts with one; or one of the shell's special names. */
function readName(scan: Scan): string {
  const first = scan.chars[scan.position] ?? '';
  if (/[@*#?\-$!]/.test(first)) {
    scan.position++;
    return first;
  }
  const part = /\p{Nd}/u.test(first) ? /\p{Nd}/u : /[\p{L}\p{Nd}_]/u;
  const start = scan.position;
  while (part.test(scan.chars[scan.position] ?? '')) scan.position++;
  return scan.chars.slice(start, scan.position).join('');
}

function expansionError(whole: string, problem: string): Error {
  return dockerfileError(
    `failed to process ${quoted(whole)}: ${problem}`,
    'write a literal $ as \\$ or in single quotes, and close every quote',
  );
}
