import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { environment } from './command.ts';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 20;

/** A program on a terminal of its own, and what is on its screen. */
export interface PtyProgram {
  readonly pid: number;
  /** The lines of the screen, without the blanks at their ends. */
  screen(): string[];
  /** Whether the program has taken the screen for itself. */
  hasScreen(): boolean;
  /** Whether a cell of the screen has a color. */
  hasColour(): boolean;
  /** All bytes that the program wrote. */
  written(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen meets a condition, and nothing more is written at once: what a program writes comes in parts. */
  until(holds: (screen: readonly string[]) => boolean, what: string): Promise<void>;
  /** The exit status, once the program ended. */
  readonly ended: Promise<number>;
}

/** Starts a program on a terminal. */
export function onTerminal(
  file: string,
  args: readonly string[],
  {
    columns = 100,
    rows = 30,
    env = {},
    cwd,
  }: {
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
  } = {},
): PtyProgram {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const program = spawn(file, [...args], {
    cols: columns,
    rows,
    env: { ...environment(), TERM: 'xterm-256color', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let written = '';
  program.onData((data) => {
    written += data;
    terminal.write(data);
  });
  const ended = new Promise<number>((resolve) => {
    // The last output may come after the end, and reaches the screen later.
    program.onExit(({ exitCode }) =>
      setTimeout(() => terminal.write('', () => resolve(exitCode)), PAUSE_MS * 3),
    );
  });
  const lineAt = (row: number) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row);
  const screen = (): string[] =>
    Array.from({ length: terminal.rows }, (_, row) => lineAt(row)?.translateToString(true).trimEnd() ?? '');
  return {
    pid: program.pid,
    screen,
    hasScreen: () => terminal.buffer.active.type === 'alternate',
    hasColour: () =>
      Array.from({ length: terminal.rows }, (_, row) => lineAt(row)).some((line) =>
        Array.from({ length: terminal.cols }, (_, column) => line?.getCell(column)).some(
          (cell) => cell !== undefined && !cell.isFgDefault(),
        ),
      ),
    written: () => written,
    type: (keys) => program.write(keys),
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows);
      program.resize(newColumns, newRows);
    },
    async until(holds, what) {
      const start = performance.now();
      for (;;) {
        const bytes = written.length;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        if (bytes === written.length && holds(screen())) return;
        if (performance.now() - start > PATIENCE_MS)
          throw new Error(`${what} did not appear:\n${screen().join('\n')}`);
      }
    },
    ended,
  };
}
