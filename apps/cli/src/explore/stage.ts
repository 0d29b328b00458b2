import type { MouseInput } from '@layers/explorer';
import type { Session } from '../session.js';
import type { Display } from './display.js';

/** What has the display: it gets all keys and the mouse, and shows itself again when it is told to. */
export interface Screen {
  readonly onKey: (key: string) => void;
  readonly onMouse: (input: MouseInput) => void;
  readonly redraw: () => void;
}

/** Why the user leaves. */
export type Leaving = 'quit' | 'interrupt';

/** The display with what is on it at the moment, until the user leaves. */
export class Stage {
  readonly display: Display;
  /** Aborted when the user leaves, and by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly #ended = new AbortController();
  #left: Leaving | null = null;
  #screen: Screen | null = null;

  /** @param open makes the display of these events */
  constructor({ signal }: Pick<Session, 'signal'>, open: (events: StageEvents) => Display) {
    this.signal = AbortSignal.any([signal, this.#ended.signal]);
    this.display = open({
      onKey: (key) => this.#screen?.onKey(key),
      onMouse: (input) => this.#screen?.onMouse(input),
      onResize: () => this.#screen?.redraw(),
      onEnd: () => this.leave('quit'),
    });
  }

  /** How the user left; null before. */
  get left(): Leaving | null {
    return this.#left;
  }

  get screen(): Screen | null {
    return this.#screen;
  }

  /** Shows a screen, and gives it the keys. */
  show(screen: Screen): void {
    this.#screen = screen;
    screen.redraw();
  }

  /** Gives the display back, and ends what is awaited. */
  leave(how: Leaving): void {
    this.#left ??= how;
    this.display.close();
    this.#ended.abort(how);
  }

  /** Waits for a value; rejects when the user leaves. */
  until<T>(value: Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return Promise.race([
      value,
      new Promise<never>((_, reject) =>
        this.signal.addEventListener('abort', () => reject(this.signal.reason)),
      ),
    ]);
  }
}

/** What happens on a display. */
export interface StageEvents {
  readonly onKey: (key: string) => void;
  readonly onMouse: (input: MouseInput) => void;
  readonly onResize: () => void;
  readonly onEnd: () => void;
}
