import { LayersError } from '@layers/errors';
import type { Command } from './edits.js';

/** Throws ERR_LAYERS_USAGE. */
export function refuse(flag: string, value: string, trouble: string, hint: string): never {
  throw new LayersError('ERR_LAYERS_USAGE', `${flag} ${JSON.stringify(value)}: ${trouble}`, { hint });
}

/** The value as it is. Throws ERR_LAYERS_USAGE where it is empty or holds a NUL, which no process could be given. */
export function plainText(flag: string, value: string): string {
  if (value === '') refuse(flag, value, 'it is empty', `${flag.replace('--', '--unset-')} removes it`);
  return withoutNul(flag, value);
}

/** Name and value of `K=V`. Throws ERR_LAYERS_USAGE for no name, or no `=` where `bare` does not allow that. */
export function pair(flag: string, value: string, bare: boolean): readonly [name: string, value: string] {
  withoutNul(flag, value);
  const equals = value.indexOf('=');
  if (equals === 0 || value === '') refuse(flag, value, 'it has no name', `write ${flag} NAME=VALUE`);
  if (equals > 0) return [value.slice(0, equals), value.slice(equals + 1)];
  if (!bare)
    refuse(flag, value, 'it has no value', `write ${flag} ${value}=VALUE, or ${value}= for an empty one`);
  return [value, ''];
}

/**
 * A command as a Dockerfile takes it: a JSON list of words, or a line for the shell. As in a Dockerfile, what begins
 * like a list but is none is a line, but one that nobody meant is refused.
 */
export function commandOf(flag: string, value: string): Exclude<Command, null> {
  plainText(flag, value);
  if (!value.trimStart().startsWith('[')) return { shell: value };
  const words = wordsOf(value);
  if (words !== undefined) return words;
  // `[ -f x ] && y` is a good line of shell.
  if (/^\s*\[\[?\s+[^"\s]/.test(value)) return { shell: value };
  refuse(flag, value, 'it is not a JSON list of strings', 'write ["word", "word"], or a line for the shell');
}

/** The strings of a JSON list of strings; undefined for anything else. */
export function wordsOf(json: string): readonly string[] | undefined {
  const value = jsonOf(json);
  if (!Array.isArray(value)) return undefined;
  const words = value.filter((item) => typeof item === 'string' && !item.includes('\0'));
  return words.length === value.length ? words : undefined;
}

/** The plain value of a JSON text; undefined for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutNul(flag: string, value: string): string {
  if (value.includes('\0')) refuse(flag, value, 'it holds a NUL', 'no text of a config can hold one');
  return value;
}
