/** The limit in characters of a text. */
const MAX_TEXT = 1000;

// C0, DEL, C1, and the characters that reverse text or are invisible.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * Makes text from an archive safe to print: escapes control characters, and characters that are invisible or reverse
 * text, as `\u001b`. Truncates the text at 1000 characters.
 */
export function printable(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return short.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
