import type { Session } from '../session.js';
import type { Display, Shown } from './display.js';
import { plainKeys } from './plain-keys.js';
import { PlainText } from './plain-text.js';
import { Keyboard, type KeyboardEvents } from './terminal/keyboard.js';

/** The size of the screen that is told, where nothing says another. */
const COLUMNS = 80;
const ROWS = 24;

/** What happens besides keys. */
export interface PlainEvents extends KeyboardEvents {
  /** There are no more keys, or nobody reads what is told. */
  readonly onEnd: () => void;
}

/**
 * Tells what changes as lines of text, for screen readers, scripts and terminals that cannot move their cursor. Keys come
 * from a terminal, or from a pipe: the next one is then read when all is told about the one before.
 */
export class PlainDisplay implements Display {
  readonly columns = COLUMNS;
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #rows: number;
  readonly #events: PlainEvents;
  readonly #text = new PlainText();
  /** Null where keys come from a pipe. */
  readonly #keyboard: Keyboard | null;
  #isClosed = true;
  #isIdle = false;
  #onIdle: (() => void) | null = null;
  #toldNote: string | null = null;

  constructor(
    { stdout, env }: Pick<Session, 'stdout' | 'env'>,
    input: NodeJS.ReadStream,
    events: PlainEvents,
  ) {
    this.#input = input;
    this.#output = stdout;
    const lines = Number(env['LINES']);
    this.#rows = Number.isInteger(lines) && lines > 2 && lines < 100_000 ? lines : ROWS;
    this.#events = events;
    this.#keyboard = input.isTTY
      ? new Keyboard(input, {
          onKey: (key) => {
            this.#text.forgetNote();
            events.onKey(key);
          },
          onMouse: events.onMouse,
        })
      : null;
  }

  get keyboard(): number | null {
    return this.#keyboard?.descriptor ?? null;
  }

  open(): void {
    this.#isClosed = false;
    if (this.#keyboard !== null) this.#keyboard.open();
    else void this.#readPipe();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keyboard?.close();
    this.#onIdle?.();
    if (this.#keyboard === null || this.#input !== process.stdin) this.#input.destroy();
  }

  show(shown: Shown): void {
    if (this.#isClosed) return;
    shown.frame(this.columns, this.#rows);
    const spoken = shown.read();
    this.#isIdle = shown.isIdle;
    if (spoken !== null && shown.isIdle) this.#print(this.#text.changes(spoken));
    else if (spoken?.note != null && this.#keyboard !== null && spoken.note !== this.#toldNote)
      this.#print([spoken.note]);
    this.#toldNote = spoken?.note ?? null;
    if (this.#isIdle) this.#onIdle?.();
  }

  copy(): boolean {
    return false;
  }

  suspend(): void {
    if (this.#keyboard === null) return;
    this.#keyboard.close();
    process.once('SIGCONT', () => {
      if (!this.#isClosed) this.#keyboard?.open();
    });
    // Without a reader of keys, nothing would keep the process until it continues.
    const kept = setInterval(() => undefined, 60_000);
    process.once('SIGCONT', () => clearInterval(kept));
    process.kill(0, 'SIGTSTP');
  }

  async lend<Result>(use: () => Promise<Result>): Promise<Result> {
    this.#keyboard?.close();
    try {
      return await use();
    } finally {
      if (!this.#isClosed) this.#keyboard?.open();
    }
  }

  #print(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#output.write(lines.map((line) => `${line.trimEnd()}\n`).join(''), (error) => {
      if (error != null) this.#events.onEnd();
    });
  }

  async #readPipe(): Promise<void> {
    this.#input.setEncoding('utf8');
    try {
      for await (const key of plainKeys(this.#input)) {
        await this.#untilIdle();
        if (this.#isClosed) return;
        this.#isIdle = false;
        this.#text.forgetNote();
        this.#events.onKey(key);
      }
    } catch {
      // Standard input cannot be read: there are no more keys.
    }
    await this.#untilIdle();
    if (!this.#isClosed) this.#events.onEnd();
  }

  async #untilIdle(): Promise<void> {
    while (!this.#isIdle && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
  }
}
