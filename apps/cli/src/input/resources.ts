import type { Session } from '../session.js';

/** Keeps what a function opens until the command is done with it. */
export interface Resources {
  readonly session: Session;
  /** Calls `close` in the end, also after an error. */
  defer(close: () => void | Promise<void>): void;
  /** Translates every later error of the command with `explain`. */
  explainWith(explain: (error: unknown) => unknown): void;
}
