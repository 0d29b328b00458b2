// Runs a program on a pseudo-terminal, and reads its screen back, for screenshots and measurements.

import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** A large image takes other programs minutes. */
const PATIENCE_MS = 300_000;

/** A program on a terminal of its own. */
export class TerminalScreen {
  #terminal;
  #program;
  #waiting = new Set();
  /** All output, with the time of each piece. */
  output = [];

  constructor(file, args, { columns, rows, env, cwd }) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#program = spawn(file, args, { cols: columns, rows, env, cwd });
    this.pid = this.#program.pid;
    this.ended = new Promise((resolve) => this.#program.onExit(({ exitCode }) => resolve(exitCode)));
    this.#program.onData((data) => {
      this.output.push({ ms: performance.now(), data });
      this.#terminal.write(data, () => {
        for (const check of this.#waiting) check();
      });
    });
  }

  type(keys) {
    this.#program.write(keys);
  }

  kill() {
    try {
      this.#program.kill('SIGKILL');
    } catch {
      // It has ended.
    }
  }

  /** The lines of the screen. */
  lines() {
    return Array.from(
      { length: this.#terminal.rows },
      (_, row) => this.#line(row)?.translateToString(true) ?? '',
    );
  }

  /** The cells of the screen: characters, width, and style. */
  cells() {
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = this.#line(row);
      return Array.from({ length: this.#terminal.cols }, (_, column) => {
        const cell = line?.getCell(column);
        return {
          text: cell?.getChars() || ' ',
          width: cell?.getWidth() ?? 1,
          colour: cell === undefined || cell.isFgDefault() ? null : cell.getFgColor(),
          isBold: (cell?.isBold() ?? 0) !== 0,
          isDim: (cell?.isDim() ?? 0) !== 0,
          isInverse: (cell?.isInverse() ?? 0) !== 0,
        };
      });
    });
  }

  /** Waits until the lines of the screen meet a condition. */
  until(holds, what = String(holds)) {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!holds(this.lines())) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(check);
        reject(new Error(`${what} did not appear:\n${this.lines().join('\n')}`));
      }, PATIENCE_MS);
      this.#waiting.add(check);
      check();
    });
  }

  #line(row) {
    const { active } = this.#terminal.buffer;
    return active.getLine(active.viewportY + row);
  }
}
