import type { Line, Spoken } from '@layers/explorer';

/** What is shown: on a screen, or as lines of text. */
export interface Shown {
  /** Whether nothing is being done: it stays as it is until a key. */
  readonly isIdle: boolean;
  /** Returns the lines of a screen. Scrolls so that the selection is visible. */
  readonly frame: (columns: number, rows: number) => readonly Line[];
  /** Returns the same in words; null where there is nothing to tell. */
  readonly read: () => Spoken | null;
}

/** Where the explorer is shown, and what else it does there. */
export interface Display {
  readonly columns: number;
  /** The file descriptor of the keyboard; null where keys come from elsewhere. */
  readonly keyboard: number | null;
  open(): void;
  close(): void;
  show(shown: Shown): void;
  /** Copies text; returns whether that is possible. */
  copy(text: string): boolean;
  suspend(): void;
  /** Gives the terminal to another program until `use` ends. */
  lend<Result>(use: () => Promise<Result>): Promise<Result>;
}
