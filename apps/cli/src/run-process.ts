import { constants } from 'node:os';
import { OFFER } from './completion/offer-word.js';
import { ExitStatus, exitStatusOf } from './exit-status.js';
import { errorText } from './output/error-text.js';
import { viewOf } from './output/view.js';
import { run } from './program/run.js';
import type { Session } from './session.js';
import { watchSignals } from './signals/watch-signals.js';

const SIGNALS = [
  ['SIGINT', ExitStatus.interrupted],
  ['SIGTERM', ExitStatus.terminated],
  ['SIGHUP', ExitStatus.hangup],
] as const;

/** The longest cleanup after a signal. */
const GRACE_MS = 2000;

/** Runs the command in this process: its streams, its signals, its exit status. */
export async function runProcess(args: readonly string[], commandName?: string): Promise<void> {
  const { stdout, stderr, env } = process;
  const controller = new AbortController();
  // Each write reports its own failure; without a listener the same error would end the process with a trace.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});

  const watch = watchSignals(new Map(SIGNALS.map(([signal, status]) => [constants.signals[signal], status])));
  let interrupted: number | undefined;
  let isLeft = false;
  for (const [signal, status] of SIGNALS) {
    process.on(signal, () => {
      if (isLeft && signal === 'SIGINT') return;
      if (interrupted !== undefined) process.exit(status);
      interrupted = status;
      watch.onHeard();
      controller.abort();
      setTimeout(() => process.exit(status), GRACE_MS).unref();
    });
  }
  /** Ctrl-C and Ctrl-\ reach all programs on the terminal. */
  const leaveKeyboard = async <Result>(use: () => Promise<Result>): Promise<Result> => {
    const ignore = (): void => {};
    process.on('SIGQUIT', ignore);
    isLeft = true;
    watch.setLeft(true);
    try {
      return await use();
    } finally {
      process.removeListener('SIGQUIT', ignore);
      isLeft = false;
      watch.setLeft(false);
    }
  };
  const session: Session = {
    env,
    // Making the stream takes longer than many a command.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    signal: controller.signal,
    leaveKeyboard,
    ...(commandName === undefined ? {} : { commandName }),
  };
  process.on('uncaughtException', (error) => {
    stderr.write(
      errorText(
        error,
        viewOf(stderr, env),
        args.some((arg) => arg === '-v' || arg === '--verbose'),
      ),
    );
    process.exit(exitStatusOf(error));
  });

  const status = await run(args, session);
  // Output may still be pending, so that only an interrupted process exits at once.
  if (interrupted !== undefined) process.exit(interrupted);
  // What completion asked of a registry may still be on its way.
  if (args[0] === OFFER) process.exit(status);
  process.exitCode = status;
}
