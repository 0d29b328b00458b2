import { dockerfileError } from './dockerfile-error.js';
import { splitKeyValue } from './key-values.js';
import { isSpace, trim } from './words.js';

/** An instruction's flags, such as `--interval=5s`, and its arguments. */
export interface FlagsAndArguments {
  /** Without the dashes. */
  readonly flags: readonly string[];
  readonly text: string;
}

/** Splits the flags off the text that follows an instruction's name. `--` ends them. */
export function splitFlags(text: string, escapeChar: string): FlagsAndArguments {
  const chars = [...text];
  const flags: string[] = [];
  let position = 0;
  for (;;) {
    while (position < chars.length && isSpace(chars[position] ?? '')) position++;
    if (chars[position] !== '-' || chars[position + 1] !== '-') break;
    let word = '';
    let quote = '';
    for (; position < chars.length; position++) {
      const char = chars[position] ?? '';
      if (quote === '' && isSpace(char)) break;
      if (char === escapeChar && quote !== "'") word += chars[++position] ?? '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      else word += char;
    }
    if (word === '--') break;
    flags.push(word.slice(2));
  }
  return { flags, text: trim(chars.slice(position).join('')) };
}

/**
 * Returns the values of flags by their names.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for a flag that is unknown, repeated or has no value
 */
export function flagValues(flags: readonly string[], known: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const flag of flags) {
    const [name, value] = splitKeyValue(flag);
    if (!known.includes(name)) {
      const hint = known.length === 0 ? 'the instruction has no flags' : `it has --${known.join(', --')}`;
      throw dockerfileError(`Unknown flag: ${name}`, hint);
    }
    if (value === null) throw dockerfileError(`Missing a value on flag: ${name}`, `write --${name}=VALUE`);
    if (values.has(name)) throw dockerfileError(`Duplicate flag specified: ${name}`, 'give it once');
    values.set(name, value);
  }
  return values;
}
