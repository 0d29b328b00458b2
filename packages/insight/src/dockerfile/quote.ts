/** What no word of a Dockerfile can contain: an instruction is one line of UTF-8. */
const NO_WORD = /[\n\0]|\p{Surrogate}/u;

/** What no argument of a process can contain, or what UTF-8 cannot express. */
export const NO_ARGUMENT = /\0|\p{Surrogate}/u;

const PLAIN = /^[\w@%+:,./=-]+$/;

/**
 * Returns a word of which a builder makes `text`, after it removed quotes and expanded variables. Null for a text that no
 * word expresses: one with a line break, a NUL or half a surrogate pair.
 */
export function quoteWord(text: string, escapeChar: string): string | null {
  if (NO_WORD.test(text)) return null;
  if (PLAIN.test(text)) return text;
  const escaped = [...text].map((char) =>
    /["$]/.test(char) || char === escapeChar ? escapeChar + char : char,
  );
  return `"${escaped.join('')}"`;
}

/**
 * Returns a word for a JSON list whose words a builder expands, as those of COPY and VOLUME. Null for a text that no word
 * expresses.
 */
export function quoteListWord(text: string, escapeChar: string): string | null {
  const word = quoteWord(text, escapeChar);
  if (word === null || word === text || text.trim() !== text || text === '') return word;
  return [...text]
    .map((char) => (/["'$]/.test(char) || char === escapeChar ? escapeChar + char : char))
    .join('');
}

/** Control characters, and those that change the direction of text or are invisible. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

function escapeHidden(text: string): string {
  return text.replace(HIDDEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Returns words as a JSON list, the exec form of instructions. Text of several lines gets several lines, which a builder
 * joins before it parses the list.
 */
export function execList(words: readonly string[], escapeChar: string): string {
  return `[${words.map((word) => jsonText(word, escapeChar)).join(', ')}]`;
}

function jsonText(word: string, escapeChar: string): string {
  const lines = word.split('\n').map((line, i) => {
    const json = escapeHidden(JSON.stringify(line).slice(1, -1));
    // Builders drop a line that starts as a comment, also inside a list.
    return i > 0 && /^\s*#/.test(json) ? json.replace('#', '\\u0023') : json;
  });
  return `"${lines.join(`\\n${escapeChar}\n`)}"`;
}

/** Returns a comment of one line, whatever the text contains. */
export function commentLine(text: string): string {
  const line = text.length > MAX_COMMENT ? `${text.slice(0, MAX_COMMENT)}…` : text;
  return `# ${escapeHidden(line).trim()}`;
}

const MAX_COMMENT = 400;

/** Tabs are the only control characters that are shown as they are. */
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]|\p{Surrogate}/u;

/**
 * Returns whether a command can be written in shell form, so that builders record exactly this text: on one line, and
 * without anything that a builder takes for flags, a JSON list, a here-document or a continuation.
 */
export function isShellForm(text: string, escapeChar: string): boolean {
  return (
    text !== '' &&
    text.trim() === text &&
    !CONTROL.test(text) &&
    !/^(?:--|\[)/.test(text) &&
    !text.endsWith(escapeChar) &&
    !text.includes('<<')
  );
}

/** Longer commands are continued on further lines. */
const LONG_COMMAND = 100;

/** Returns the lines of an instruction in shell form. A builder that joins them gets the same text. */
export function shellLines(instruction: string, escapeChar: string): string[] {
  if (instruction.length <= LONG_COMMAND) return [instruction];
  const lines: string[] = [];
  let start = 0;
  for (const { index } of instruction.matchAll(/&& +(?=[^ #])/g)) {
    const end = index + '&& '.length;
    lines.push(instruction.slice(start, end) + escapeChar);
    start = end;
  }
  return [...lines, instruction.slice(start)];
}
