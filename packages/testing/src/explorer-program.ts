import { onTestFinished } from 'vitest';
import { command } from './command.ts';
import { onTerminal, type PtyProgram } from './pty.ts';

/** Starts the explorer on a terminal, and waits for a text on its screen. It is killed when the test is over. */
export async function explore(
  image: string | readonly string[],
  options: Parameters<typeof onTerminal>[2] = {},
  first = '[Layers]',
): Promise<PtyProgram> {
  const args = typeof image === 'string' ? [image] : image;
  const program = onTerminal(process.execPath, [command, 'explore', ...args], options);
  killAtEnd(program);
  await program.until(shows(first), first);
  return program;
}

/** Kills a program when the test is over. */
export function killAtEnd({ pid }: Pick<PtyProgram, 'pid'>): void {
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
}

/** Returns whether a screen has a line that contains a text. */
export function shows(text: string): (screen: readonly string[]) => boolean {
  return (screen) => screen.some((line) => line.includes(text));
}

/** Types keys one after the other, each after the screen shows something. */
export async function walk(
  program: PtyProgram,
  steps: readonly (readonly [keys: string, shown: string])[],
): Promise<void> {
  for (const [keys, shown] of steps) {
    program.type(keys);
    await program.until(shows(shown), `after ${JSON.stringify(keys)}: ${shown}`);
  }
}
