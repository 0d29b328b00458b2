import { dockerfileError, quoted } from './dockerfile-error.js';
import { firstWord, splitWords } from './words.js';

/** Splits `NAME=VALUE` at its first `=`. The value is null if there is none. */
export function splitKeyValue(word: string): readonly [name: string, value: string | null] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)];
}

/**
 * Parses the arguments of ENV and LABEL: `NAME=VALUE …`, or the old form `NAME VALUE`, whose value is the rest of the line.
 * Names and values keep their quotes and escapes.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parseKeyValues(
  instruction: string,
  text: string,
  escapeChar: string,
): readonly (readonly [name: string, value: string])[] {
  const words = splitWords(text, escapeChar);
  const first = words[0];
  if (first === undefined) throw dockerfileError(`${instruction} requires at least one argument`);
  if (!first.includes('=')) {
    const [name, value] = firstWord(text);
    if (value === null) throw dockerfileError(`${instruction} must have two arguments`, hintFor(instruction));
    return [[name, value]];
  }
  return words.map((word) => {
    const [name, value] = splitKeyValue(word);
    if (value === null) {
      throw dockerfileError(
        `Syntax error - can't find = in ${quoted(word)}. Must be of the form: name=value`,
        `quote a value that contains spaces: ${instruction} NAME="a b"`,
      );
    }
    if (name === '') throw blankName(instruction);
    return [name, value];
  });
}

/** Returns the error for an empty name; also for a name that is empty once its variables are replaced. */
export function blankName(instruction: string): Error {
  return dockerfileError(`${instruction} names can not be blank`, hintFor(instruction));
}

function hintFor(instruction: string): string {
  return `write ${instruction} NAME=value`;
}
