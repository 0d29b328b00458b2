import { escapeForTerminal } from './escape.js';

/** A valid name of an image has at most 384 characters. */
const MAX_LENGTH = 400;

/** Returns text from an image, safe to print. Shortens text of a length that only a hostile or damaged image has. */
export function shortText(text: string, maxLength = MAX_LENGTH): string {
  return escapeForTerminal(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);
}
