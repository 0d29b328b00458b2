import type { Reading } from '../views/reading.js';
import type { Explorer } from './explorer.js';

/** What an explorer shows, in lines of text. */
export interface Spoken extends Reading {
  /** What is shown; another value is another view, also if it has the same text. */
  readonly view: object;
  /** A message, or what is typed; null for none. */
  readonly note: string | null;
}

export function readExplorer(explorer: Explorer): Spoken {
  return { ...explorer.top.read(), view: explorer.top, note: noteOf(explorer) };
}

function noteOf({ busy, format, message, question }: Explorer): string | null {
  if (busy !== null) return busy;
  if (question === null)
    return message === null ? null : `${message.isError ? 'error: ' : ''}${message.text}`;
  const { label, text } = question.line;
  const note = message?.text ?? question.note?.() ?? null;
  return `${label}${format.text(text)}${note === null ? '' : `   ${note}`}`;
}
