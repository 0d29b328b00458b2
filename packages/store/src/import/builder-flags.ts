import { dockerfileError } from './dockerfile-error.js';
import { isSpace, trim } from './spaces.js';

/** What stands before an instruction's arguments: `--interval=5s`. */
export interface Flags {
  /** Without the dashes. */
  readonly words: readonly string[];
  readonly rest: string;
}

/** Takes the flags from the front of what follows an instruction's name. `--` ends them. */
export function takeFlags(text: string, escapeChar: string): Flags {
  const chars = [...text];
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < chars.length && isSpace(chars[at] ?? '')) at++;
    if (chars[at] !== '-' || chars[at + 1] !== '-') break;
    let word = '';
    let quote = '';
    for (; at < chars.length; at++) {
      const char = chars[at] ?? '';
      if (quote === '' && isSpace(char)) break;
      if (char === escapeChar && quote !== "'") word += chars[++at] ?? '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      else word += char;
    }
    if (word === '--') break;
    words.push(word.slice(2));
  }
  return { words, rest: trim(chars.slice(at).join('')) };
}

/**
 * The values of flags by their names.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for a flag that is unknown, stands twice or has no value
 */
export function flagValues(words: readonly string[], known: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (!known.includes(name)) {
      const hint = known.length === 0 ? 'the instruction has no flags' : `it has --${known.join(', --')}`;
      throw dockerfileError(`Unknown flag: ${name}`, hint);
    }
    if (equals < 0) throw dockerfileError(`Missing a value on flag: ${name}`, `write --${name}=VALUE`);
    if (values.has(name)) throw dockerfileError(`Duplicate flag specified: ${name}`, 'give it once');
    values.set(name, word.slice(equals + 1));
  }
  return values;
}
