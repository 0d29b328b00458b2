import { dockerfileError } from './dockerfile-error.js';
import { trimLeft } from './words.js';

/** Instructions, one a line, and their escape character. */
export interface LogicalLines {
  readonly lines: readonly string[];
  readonly escapeChar: string;
}

const DIRECTIVE = /^#[\t ]*([a-zA-Z][a-zA-Z0-9]*)[\t ]*=[\t ]*(.*?)[\t\r ]*$/;

/**
 * Splits a Dockerfile's text into instructions. Drops comments, joins lines that end with the escape character to the next
 * one, and follows an `escape` directive before the first instruction.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an escape character other than `\` and a backtick
 */
export function logicalLines(text: string): LogicalLines {
  const raw = text.replace(/^\ufeff/, '').split('\n');
  const escapeChar = escapeOf(raw);
  const lines: string[] = [];
  let pending: string | null = null;
  for (const [i, each] of raw.entries()) {
    const line = each.endsWith('\r') ? each.slice(0, -1) : each;
    const bare = trimLeft(line);
    const isLast = i === raw.length - 1;
    if (bare !== '' && !bare.startsWith('#')) {
      const whole = pending === null ? bare : line;
      const cut = withoutContinuation(whole, escapeChar);
      const sum: string = (pending ?? '') + (cut ?? whole);
      pending = cut === null ? null : sum;
      if (cut === null) lines.push(sum);
    }
    if (isLast && pending !== null) lines.push(pending);
  }
  return { lines: lines.filter((line) => line !== ''), escapeChar };
}

function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const [, name = '', value = ''] = DIRECTIVE.exec(trimLeft(line)) ?? [];
    if (name === '') return '\\';
    if (name.toLowerCase() !== 'escape') continue;
    if (value === '\\' || value === '`') return value;
    throw dockerfileError(`invalid escape token '${value}' does not match \` or \\`);
  }
  return '\\';
}

/** Returns the line without an unescaped escape character at its end; null if there is none. */
function withoutContinuation(line: string, escapeChar: string): string | null {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  if (end === 0 || line[end - 1] !== escapeChar || line[end - 2] === escapeChar) return null;
  return line.slice(0, end - 1);
}
