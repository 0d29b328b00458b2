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
  const lines = [`${colours.red('error:')} ${line(sentenceOf(error))} [${codeOf(error)}]`];
  lines.push(...hintOf(error).map((hint, i) => `${i === 0 ? colours.cyan('hint:') : '     '} ${hint}`));
  if (verbose) lines.push(...stackLines(error).map((text) => colours.dim(text)));
  return lines.map((text) => `${text}\n`).join('');
}

/** Returns `app.tar: blobs/sha256/… at byte 512: MESSAGE`, without the parts that the message names itself. */
function sentenceOf(error: unknown): string {
  if (!isLayersError(error))
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const { message, offset } = error;
  const file = error.file !== undefined && mentions(message, error.file) ? undefined : error.file;
  const at = offset === undefined || mentions(message, `byte ${offset}`) ? undefined : `at byte ${offset}`;
  const inside = [file, at].filter((part) => part !== undefined).join(' ');
  const archive = error.archive === '-' ? 'standard input' : error.archive;
  const subject = 'the input ';
  if (archive !== undefined && inside === '' && message.startsWith(subject)) {
    return `${archive} ${message.slice(subject.length)}`;
  }
  const outer = archive !== undefined && namesArchive(message, archive) ? undefined : archive;
  return [outer, inside, message].filter((part) => part !== undefined && part !== '').join(': ');
}

/** Whether `text` contains `name` as a word of its own. */
function mentions(text: string, name: string): boolean {
  const words = ` ${text} `;
  for (let at = words.indexOf(name); at >= 0; at = words.indexOf(name, at + 1)) {
    if (/[\s"'/]/.test(words[at - 1] ?? '') && /[\s"',:;)]/.test(words[at + name.length] ?? '')) return true;
  }
  return false;
}

/** Whether a message names the archive. Only typical positions count, since an archive may be called `the` or `tar`. */
function namesArchive(message: string, archive: string): boolean {
  return (
    message.startsWith(`${archive} `) ||
    message.startsWith(`cannot read ${archive}:`) ||
    message.endsWith(`: ${archive}`) ||
    message.includes(`: ${archive}/`)
  );
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
