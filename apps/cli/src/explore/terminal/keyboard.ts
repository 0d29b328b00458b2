import { createInterface, emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { MouseInput } from '@layers/explorer';
import { type KeyEvent, keyName } from './key-name.js';
import { MouseReports } from './mouse-reports.js';

/** The escape key sends the start of what other keys send: half of the time before, half after reports are separated. */
const ESCAPE_MS = 25;

/** What is typed and clicked. */
export interface KeyboardEvents {
  readonly onKey: (key: string) => void;
  readonly onMouse: (input: MouseInput) => void;
}

/** Decodes the keys and the mouse of a terminal. */
export class Keyboard {
  readonly #input: NodeJS.ReadStream;
  readonly #events: KeyboardEvents;
  readonly #keys = new PassThrough();
  readonly #reports = new MouseReports();
  #timer: NodeJS.Timeout | undefined;
  readonly #listener = (chunk: Buffer): void => {
    clearTimeout(this.#timer);
    for (const part of this.#reports.push(chunk)) {
      if ('kind' in part) this.#events.onMouse(part);
      else this.#keys.write(part);
    }
    if (this.#reports.hasPending)
      this.#timer = setTimeout(() => this.#keys.write(this.#reports.flush()), ESCAPE_MS);
  };

  constructor(input: NodeJS.ReadStream, events: KeyboardEvents) {
    this.#input = input;
    this.#events = events;
    emitKeypressEvents(
      this.#keys,
      createInterface({ input: new PassThrough(), escapeCodeTimeout: ESCAPE_MS }),
    );
    this.#keys.on('keypress', (text: string | undefined, key: KeyEvent) => {
      const name = keyName(text, key);
      if (name !== null) this.#events.onKey(name);
    });
  }

  /** The file descriptor of the terminal. */
  get descriptor(): number {
    return 'fd' in this.#input && typeof this.#input.fd === 'number' ? this.#input.fd : 0;
  }

  /** Listens. The terminal sends each key at once, and shows none. */
  open(): void {
    this.#input.setRawMode(true);
    this.#input.on('data', this.#listener);
    this.#input.resume();
  }

  /** Leaves the keys to others. */
  close(): void {
    clearTimeout(this.#timer);
    this.#input.removeListener('data', this.#listener);
    this.#input.pause();
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
  }
}
