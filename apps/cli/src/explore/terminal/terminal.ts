import type { Line } from '@layers/explorer';
import type { Session } from '../../session.js';
import type { Display, Shown } from '../display.js';
import { ansiLine } from './ansi.js';
import { Keyboard, type KeyboardEvents } from './keyboard.js';
import { MOUSE_OFF, MOUSE_ON } from './mouse-reports.js';

// The alternate screen, without a cursor and without wrapping, so that a line never moves others.
const OPEN = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J';
const CLOSE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

/** How long a program that has the terminal may take to leave the screen when both are suspended. */
const LEAVE_MS = 200;

/** What happens on a terminal. */
export interface TerminalEvents extends KeyboardEvents {
  /** The size changed, or the process continues after it was suspended. */
  readonly onResize: () => void;
}

/**
 * The terminal while a program has all of its screen. Writes only lines that changed. Restores the terminal when it is
 * closed, suspended, or the process exits.
 */
export class Terminal implements Display {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #keyboard: Keyboard;
  readonly #hasColours: boolean;
  readonly #hasMouse: boolean;
  readonly #events: TerminalEvents;
  /** The lines on the screen; empty where they are unknown. */
  #shown: string[] = [];
  #isOpen = false;
  #isClosed = true;
  #suspended: NodeJS.Timeout | undefined;
  #leaving: NodeJS.Timeout | undefined;
  readonly #stop = (): void => this.#restore();
  readonly #suspendListener = (): void => this.suspend();
  readonly #lentListener = (): void => this.#suspendWithUser();
  readonly #continueListener = (): void => this.#continue();
  readonly #resizeListener = (): void => this.#redraw();
  // A terminal that was closed: SIGHUP may be ignored, as nohup does.
  readonly #hangUpListener = (): void => this.#events.onKey('ctrl-c');

  constructor(
    { stdout }: Pick<Session, 'stdout'>,
    input: NodeJS.ReadStream,
    { hasColours, hasMouse }: { readonly hasColours: boolean; readonly hasMouse: boolean },
    events: TerminalEvents,
  ) {
    this.#input = input;
    this.#output = stdout;
    this.#keyboard = new Keyboard(input, events);
    this.#hasColours = hasColours;
    this.#hasMouse = hasMouse;
    this.#events = events;
  }

  get columns(): number {
    return this.#output.columns > 0 ? this.#output.columns : 80;
  }

  /** The file descriptor of the keyboard. */
  get keyboard(): number {
    return this.#keyboard.descriptor;
  }

  get #rows(): number {
    return this.#output.rows > 0 ? this.#output.rows : 24;
  }

  /** Takes the screen. */
  open(): void {
    this.#isClosed = false;
    this.#input.on('end', this.#hangUpListener);
    this.#input.on('error', this.#hangUpListener);
    this.#output.on('resize', this.#resizeListener);
    this.#listenToSignals();
    process.on('exit', this.#stop);
    // Before the message about a crash, which the alternate screen would take with it.
    process.prependListener('uncaughtException', this.#stop);
    this.#take();
  }

  /** Gives the screen back. */
  close(): void {
    this.#isClosed = true;
    this.#restore();
    clearInterval(this.#suspended);
    this.#input.removeListener('end', this.#hangUpListener);
    this.#output.removeListener('resize', this.#resizeListener);
    this.#ignoreSignals();
    process.removeListener('exit', this.#stop);
    process.removeListener('uncaughtException', this.#stop);
    if (this.#input !== process.stdin) this.#input.destroy();
  }

  show({ frame }: Shown): void {
    if (this.#isOpen) this.#draw(frame(this.columns, this.#rows));
  }

  #draw(lines: readonly Line[]): void {
    let text = '';
    const shown = lines.map((line) => ansiLine(line, this.#hasColours));
    for (const [row, line] of shown.entries()) {
      if (line !== this.#shown[row]) text += `\x1b[${row + 1};1H${line}`;
    }
    this.#shown = shown;
    if (text !== '') this.#output.write(text);
  }

  /** Gives the terminal to another program until `use` ends. Ctrl-Z suspends both, as that program wants it. */
  async lend<Result>(use: () => Promise<Result>): Promise<Result> {
    this.#restore();
    this.#ignoreSignals();
    process.on('SIGTSTP', this.#lentListener);
    try {
      return await use();
    } finally {
      process.removeListener('SIGTSTP', this.#lentListener);
      clearTimeout(this.#leaving);
      if (!this.#isClosed) {
        this.#listenToSignals();
        this.#take();
        this.#redraw();
      }
    }
  }

  /** Asks the terminal to copy text (OSC 52), which not every terminal does. */
  copy(text: string): boolean {
    this.#output.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
    return true;
  }

  /** Suspends the process, as Ctrl-Z does elsewhere. It continues with SIGCONT. */
  suspend(): void {
    this.#restore();
    process.removeListener('SIGTSTP', this.#suspendListener);
    // Without a reader of keys, nothing would keep the process until it continues.
    this.#suspended = setInterval(() => undefined, 60_000);
    // The shell waits for all processes of the pipeline.
    process.kill(0, 'SIGTSTP');
  }

  /**
   * Suspends the process a little later than the program that has the terminal. The shell writes when this process stops:
   * before that, the program must have left the alternate screen, which takes with it what is written there.
   */
  #suspendWithUser(): void {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => process.kill(process.pid, 'SIGSTOP'), LEAVE_MS);
  }

  #continue(): void {
    clearInterval(this.#suspended);
    if (!this.#isOpen) process.on('SIGTSTP', this.#suspendListener);
    // After SIGSTOP, which no process can handle, a shell has changed the modes and the screen.
    else this.#restore();
    this.#take();
    this.#redraw();
  }

  #take(): void {
    this.#isOpen = true;
    this.#shown = [];
    this.#keyboard.open();
    this.#output.write(this.#hasMouse ? OPEN + MOUSE_ON : OPEN);
  }

  #listenToSignals(): void {
    process.on('SIGTSTP', this.#suspendListener);
    process.on('SIGCONT', this.#continueListener);
  }

  #ignoreSignals(): void {
    process.removeListener('SIGTSTP', this.#suspendListener);
    process.removeListener('SIGCONT', this.#continueListener);
  }

  #redraw(): void {
    this.#shown = [];
    if (this.#isOpen) this.#output.write('\x1b[2J');
    this.#events.onResize();
  }

  #restore(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#output.write(this.#hasMouse ? MOUSE_OFF + CLOSE : CLOSE);
    this.#keyboard.close();
  }
}
