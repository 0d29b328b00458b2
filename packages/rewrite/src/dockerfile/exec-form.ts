import { dockerfileError, type TextOrigin } from './dockerfile-error.js';
import { trimLeft } from './words.js';

/**
 * Parses the exec form of an instruction: a JSON list of strings. Returns undefined for the shell form.
 *
 * As in a Dockerfile, `[ -f x ] && y` and a list with a JSON syntax error are shell form. In an option, a text that starts
 * with `[` and is neither JSON nor a shell test is an error: its author meant a list.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for a list with other items than strings, a list followed by more text (which
 *   Docker's versions treat differently), and a NUL, which no process argument can contain
 */
export function execForm(text: string, origin: TextOrigin = 'instruction'): readonly string[] | undefined {
  const json = trimLeft(text);
  if (!json.startsWith('[')) return undefined;
  const value = parsedJson(json);
  if (!Array.isArray(value)) {
    if (startsWithList(json)) {
      throw dockerfileError('text follows the JSON list', 'write the list alone, or a line for the shell');
    }
    if (origin === 'option' && !SHELL_TEST.test(json)) {
      throw dockerfileError('not a JSON list of strings', 'write ["word", "word"], or a line for the shell');
    }
    return undefined;
  }
  const words = value.filter((item) => typeof item === 'string');
  if (words.length < value.length) {
    throw dockerfileError(
      'when using JSON array syntax, arrays must be comprised of strings only',
      'put each word in double quotes',
    );
  }
  if (words.some((word) => word.includes('\0'))) {
    throw dockerfileError('a word contains a NUL', 'remove the NUL: no process argument can contain one');
  }
  // UTF-8 cannot encode a lone surrogate; Docker writes U+FFFD for it.
  return words.map((word) => Buffer.from(word).toString());
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The start of `[ -f x ]` and `[[ -f x ]]`. */
const SHELL_TEST = /^\[\[?\s+[^"\s]/;

const PLAIN = '[^"\\\\\\u0000-\\u001f]*';
const STRING = `"${PLAIN}(?:\\\\.${PLAIN})*"`;
const LIST = new RegExp(`^\\[\\s*(?:${STRING}\\s*(?:,\\s*${STRING}\\s*)*)?\\]`);

/** Returns whether the text starts with a list of strings. An empty one does not count: `[ ]` may be a shell test. */
function startsWithList(json: string): boolean {
  const list = LIST.exec(json)?.[0];
  return list?.includes('"') === true && parsedJson(list) !== undefined;
}
