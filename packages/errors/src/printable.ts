/** The maximal length of a text, in UTF-16 code units. */
const MAX_LENGTH = 1000;

// C0, DEL, C1, and the characters that reverse text or are invisible.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Makes text from an archive safe to print: escapes control characters, invisible characters and those that change the
 * direction of text, such as `\u001b`. Truncates text after 1000 characters.
 */
export function printable(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return short.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
