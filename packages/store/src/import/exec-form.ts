import { dockerfileError } from './dockerfile-error.js';
import { trimLeft } from './spaces.js';

/**
 * The words of a JSON list; undefined for what is no such list and therefore a line for the shell, as in a Dockerfile:
 * also `[ -f x ] && y`, and lists with a mistake in them.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for a list of other things than strings, for one with more behind it, of
 *   which versions of Docker make different things, and for a NUL, which no process could be given
 */
export function execForm(text: string): readonly string[] | undefined {
  const json = trimLeft(text);
  if (!json.startsWith('[')) return undefined;
  const value = parsed(json);
  if (value === undefined) {
    if (!beginsWithList(json)) return undefined;
    throw dockerfileError('something follows the JSON list', 'write the list alone, or a line for the shell');
  }
  if (!Array.isArray(value)) return undefined;
  const words = value.filter((item) => typeof item === 'string');
  if (words.length < value.length) {
    throw dockerfileError(
      'when using JSON array syntax, arrays must be comprised of strings only',
      'put each word in double quotes',
    );
  }
  if (words.some((word) => word.includes('\0'))) {
    throw dockerfileError('a word holds a NUL', 'no process can be given one');
  }
  // Half of a character that UTF-8 cannot write becomes the sign for that, as with Docker.
  return words.map((word) => Buffer.from(word).toString());
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const PLAIN = '[^"\\\\\\u0000-\\u001f]*';
const STRING = `"${PLAIN}(?:\\\\.${PLAIN})*"`;
const LIST = new RegExp(`^\\[\\s*(?:${STRING}\\s*(?:,\\s*${STRING}\\s*)*)?\\]`);

/** Whether a list of strings stands first. An empty one does not count: `[ ]` may be a test. */
function beginsWithList(json: string): boolean {
  const list = LIST.exec(json)?.[0];
  return list?.includes('"') === true && parsed(list) !== undefined;
}
