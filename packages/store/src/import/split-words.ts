import { isSpace } from './spaces.js';

/**
 * The words of an instruction: quotes hold spaces together, the escape character takes the meaning of what follows it.
 * Both stay in the words, for `expandWord` to take away; an escape character at the very end goes.
 */
export function splitWords(text: string, escapeChar: string): string[] {
  const chars = [...text];
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (quote === '' && isSpace(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (char === escapeChar && quote !== "'") {
      // One at the end of the text escapes nothing.
      if (at + 1 < chars.length) word += char + (chars[++at] ?? '');
    } else {
      if (quote === '') quote = char === '"' || char === "'" ? char : '';
      else if (char === quote) quote = '';
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}
