import type { Line } from '../lines/line.js';
import type { Effect } from '../state/effect.js';
import type { MouseInput } from './mouse.js';
import type { Prompt } from './prompt.js';
import type { Reading } from './reading.js';
import type { Seen } from './seen.js';

/** A line that the user types, and what becomes of it. */
export interface Question {
  readonly line: Prompt;
  /** Is called after each change; returns a note that is shown beside the line, or null. */
  readonly onChange?: (text: string) => string | null;
  readonly onAnswer: (text: string) => Action;
  readonly onCancel?: () => void;
  /** Handles keys that the line does not; returns whether it was one. */
  readonly onKey?: (key: string) => boolean;
  /** Returns a note that stays beside the line. */
  readonly note?: () => string | null;
}

/** What a view wants after a key. */
export type Action =
  | Effect
  /** Nothing more: the key is handled. */
  | { readonly kind: 'done' }
  /** Show another view above this one. */
  | { readonly kind: 'open'; readonly view: View }
  /** Return to the view below. */
  | { readonly kind: 'close' }
  /** Let the user type a line. */
  | { readonly kind: 'ask'; readonly question: Question }
  /** Show a note, or an error, until the next key. The text is safe to show. */
  | { readonly kind: 'say'; readonly text: string; readonly isError: boolean }
  /** Return to the panes, and select a layer, and a path in its tree where one is given. The note is safe to show. */
  | {
      readonly kind: 'go';
      readonly layer: number | null;
      readonly node: number | null;
      readonly note?: string | null;
    };

export const DONE: Action = { kind: 'done' };
export const CLOSE: Action = { kind: 'close' };

export function say(text: string, isError = false): Action {
  return { kind: 'say', text, isError };
}

/** What is between the title and the last line of the screen: the panes, a text, a list. */
export interface View {
  /** Keys that the last line names, the most useful first: as many as fit. */
  readonly hints: readonly string[];
  /** Returns the first line of a screen of `width` columns; it is safe to show. */
  title(width: number): string;
  /** Returns a note for the last line, instead of the keys; null for none. */
  note(): string | null;
  /** Handles a key; null for a key that this view does not know. */
  update(key: string): Action | null;
  /** Handles the mouse at a place of the last frame; null where nothing is to click or scroll. */
  mouse(input: MouseInput): Action | null;
  /** Continues pending work until `isOver`; returns whether nothing is left. */
  work(isOver: () => boolean): boolean;
  /** Returns lines of exactly `width` columns. Scrolls so that the selection is visible. */
  frame(width: number, height: number): Line[];
  /** Returns what the last frame shows, in lines of text. */
  read(): Reading;
  /** Returns what is shown as data. */
  seen(): Seen;
}
