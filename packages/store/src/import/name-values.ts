import { dockerfileError, quoted } from './dockerfile-error.js';
import { firstWord } from './spaces.js';
import { splitWords } from './split-words.js';

/**
 * The arguments of ENV and LABEL, quotes and escapes still in them: `NAME=VALUE …`, or the old `NAME VALUE` where no
 * `=` is in the first word, whose value is the rest of the line.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function nameValues(
  instruction: string,
  text: string,
  escapeChar: string,
): readonly (readonly [name: string, value: string])[] {
  const words = splitWords(text, escapeChar);
  const first = words[0];
  if (first === undefined) throw dockerfileError(`${instruction} requires at least one argument`);
  if (!first.includes('=')) {
    const [name, value] = firstWord(text);
    if (value === null) throw dockerfileError(`${instruction} must have two arguments`, hintOf(instruction));
    return [[name, value]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0) {
      throw dockerfileError(
        `Syntax error - can't find = in ${quoted(word)}. Must be of the form: name=value`,
        `quote a value that has spaces: ${instruction} NAME="a b"`,
      );
    }
    if (equals === 0) throw blankName(instruction);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

/** ERR_LAYERS_DOCKERFILE, also where only the values of variables make a name empty. */
export function blankName(instruction: string): Error {
  return dockerfileError(`${instruction} names can not be blank`, hintOf(instruction));
}

function hintOf(instruction: string): string {
  return `write ${instruction} NAME=value`;
}
