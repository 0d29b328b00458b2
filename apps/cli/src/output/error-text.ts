import { isLayersError } from '@layers/errors';
import { escapeForTerminal } from './escape.js';
import { hintFor } from './hints.js';
import type { View } from './view.js';

/** Longer lines are truncated. */
const MAX_LENGTH = 1000;
const MAX_CAUSES = 8;

/**
 * Returns an error as two lines: what is wrong and where, with the code, and what to try. With `verbose` its stack and
 * its causes follow.
 */
export function errorText(error: unknown, view: View, verbose: boolean): string {
  const { colours } = view;
  const lines = [`${colours.red('error:')} ${line(`${place(error)}${messageOf(error)}`)} [${codeOf(error)}]`];
  lines.push(...hintOf(error).map((hint, i) => `${i === 0 ? colours.cyan('hint:') : '     '} ${hint}`));
  if (verbose) lines.push(...stackLines(error).map((text) => colours.dim(text)));
  return lines.map((text) => `${text}\n`).join('');
}

/** `app.tar: blobs/sha256/… at byte 512: `, as far as it is known. */
function place(error: unknown): string {
  if (!isLayersError(error)) return '';
  const { archive, file, offset } = error;
  const at = offset === undefined ? '' : `at byte ${offset}`;
  // Messages about documents begin with their name.
  const named = file !== undefined && error.message.startsWith(`${file}: `) ? undefined : file;
  const inside = [named, at].filter((part) => part !== undefined && part !== '').join(' ');
  return [archive, inside]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => `${part}: `)
    .join('');
}

function messageOf(error: unknown): string {
  if (isLayersError(error)) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A hint may be a list, such as that of an archive's images: a line each. */
function hintOf(error: unknown): string[] {
  if (codeOf(error) === 'ERR_LAYERS_INTERNAL' || !isLayersError(error)) {
    return ['this is a bug in layers: report it with the command line and the trace; -v shows it'];
  }
  return hintFor(error)?.split('\n').map(line) ?? [];
}

function codeOf(error: unknown): string {
  return isLayersError(error) ? error.code : 'ERR_LAYERS_INTERNAL';
}

function stackLines(error: unknown): string[] {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; current instanceof Error && depth < MAX_CAUSES; depth++) {
    const stack = current.stack ?? `${current.name}: ${current.message}`;
    const code = isLayersError(current) ? ` [${current.code}]` : '';
    const [first = '', ...rest] = stack.split('\n');
    lines.push(`${depth === 0 ? '' : 'caused by '}${line(first)}${code}`, ...rest.map(line));
    current = current.cause;
  }
  return lines;
}

function line(text: string): string {
  const escaped = escapeForTerminal(text);
  return escaped.length > MAX_LENGTH ? `${escaped.slice(0, MAX_LENGTH)}…` : escaped;
}
