import { dockerfileError } from './dockerfile-error.js';
import { trimLeft } from './spaces.js';

/** Instructions, a line each, and the character that escapes in them. */
export interface LogicalLines {
  readonly lines: readonly string[];
  readonly escapeChar: string;
}

const DIRECTIVE = /^#[\t ]*([a-zA-Z][a-zA-Z0-9]*)[\t ]*=[\t ]*(.*?)[\t\r ]*$/;

/**
 * The instructions of a Dockerfile's text: comments are left out, lines that end with the escape character go on in the
 * next one. Directives are heeded where they stand first.
 *
 * @throws LayersError ERR_LAYERS_DOCKERFILE for an escape character that is none
 */
export function logicalLines(text: string): LogicalLines {
  const raw = text.replace(/^\ufeff/, '').split('\n');
  const escapeChar = escapeOf(raw);
  const lines: string[] = [];
  let begun: string | null = null;
  for (const [i, each] of raw.entries()) {
    const line = each.endsWith('\r') ? each.slice(0, -1) : each;
    const bare = trimLeft(line);
    const isLast = i === raw.length - 1;
    if (bare !== '' && !bare.startsWith('#')) {
      const whole = begun === null ? bare : line;
      const cut = withoutContinuation(whole, escapeChar);
      const sum: string = (begun ?? '') + (cut ?? whole);
      begun = cut === null ? null : sum;
      if (cut === null) lines.push(sum);
    }
    if (isLast && begun !== null) lines.push(begun);
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

/** The line without the escape character at its end, which is not itself escaped; null where there is none. */
function withoutContinuation(line: string, escapeChar: string): string | null {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  if (end === 0 || line[end - 1] !== escapeChar || line[end - 2] === escapeChar) return null;
  return line.slice(0, end - 1);
}
