import { type Candidate, FIRST_GROUP, type SecretSeverity } from '../rule.js';
import { CONTEXT, type CompiledRule } from './compiled-rules.js';

/** A secret in a file or a text. */
export interface FoundSecret {
  /** The position of the rule. */
  readonly rule: number;
  readonly severity: SecretSeverity;
  /** The secret itself. Never leaves the process. */
  readonly secret: string;
  /** Its published prefix; empty where nothing is published. */
  readonly prefix: string;
  /** Position of its first byte in the content. */
  readonly offset: number;
  /** Position after its last byte. */
  readonly end: number;
  /** Whether the end of the secret is known. */
  readonly isWhole: boolean;
  /** The line of its first byte, from 1; null in a binary file. */
  readonly line: number | null;
}

/** A text to try a pattern on: bytes of the content, one character for each letter. */
export interface Excerpt {
  readonly text: string;
  /** Position of its first byte in the content. */
  readonly offset: number;
  /** Bytes of a character: 2 in UTF-16. */
  readonly step: number;
  readonly path: string;
}

/** Returns the secret that a match is, or null where the rule decides that it is none. */
export function secretOf(
  { rule, pattern }: CompiledRule,
  position: number,
  match: RegExpExecArray,
  excerpt: Excerpt,
): Omit<FoundSecret, 'line'> | null {
  const { text, offset, step, path } = excerpt;
  if (pattern === null || (rule.startsWord === true && isInsideWord(text, match.index))) return null;
  const [whole] = match;
  const groups = match.groups ?? {};
  const secret = textOf(match, rule.secretGroup) ?? whole;
  const prefix = groups['prefix'] ?? '';
  const line = (): string => lineAround(text, match.index, match.index + whole.length);
  const decoded = step === 1 ? utf8Of(secret) : secret;
  const candidate: Candidate = { secret: decoded, prefix, match: whole, groups, line, path };
  const severity = rule.judge === undefined ? rule.severity : rule.judge(candidate);
  if (severity === null) return null;
  const start = match.index + Math.max(0, whole.lastIndexOf(secret));
  return {
    rule: position,
    severity,
    secret: decoded,
    prefix,
    offset: offset + start * step,
    end: offset + (start + secret.length) * step,
    isWhole: start + secret.length < text.length,
  };
}

function textOf(match: RegExpExecArray, group: number | undefined): string | undefined {
  if (group === FIRST_GROUP) return match.slice(1).find((text) => text !== undefined && text !== '');
  if (group !== undefined) return match[group];
  const { secret, quoted, single, bare } = match.groups ?? {};
  return secret ?? quoted ?? single ?? bare;
}

/** Whether a word goes on at `at`. Escapes such as `\n` and `%3D` before it are no letters of the word. */
function isInsideWord(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - CONTEXT), at);
  return /[A-Za-z0-9_]$/.test(before) && !/(?:\\[nrt]|%[0-9A-F]{2}|\\x[0-9a-f]{2})$/.test(before);
}

function lineAround(text: string, from: number, to: number): string {
  const end = text.indexOf('\n', to);
  return text.slice(text.lastIndexOf('\n', from - 1) + 1, end === -1 ? undefined : end);
}

/** Decodes text that was read as Latin-1, so that each byte was a character. */
function utf8Of(text: string): string {
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

/** Returns the secrets in the order of the content. Of those that overlap, only the one of the first rule. */
export function withoutOverlaps(found: readonly FoundSecret[]): FoundSecret[] {
  const kept: FoundSecret[] = [];
  for (const secret of [...found].sort((a, b) => a.rule - b.rule || a.offset - b.offset)) {
    if (!kept.some(({ offset, end }) => secret.offset < end && offset < secret.end)) kept.push(secret);
  }
  return kept.sort((a, b) => a.offset - b.offset || a.rule - b.rule);
}
