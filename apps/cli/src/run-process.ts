import { constants } from 'node:os';
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
  const { stdin, stdout, stderr, env } = process;
  const controller = new AbortController();
  const { signal } = controller;
  const session: Session = {
    env,
    stdin,
    stdout,
    stderr,
    signal,
    ...(commandName === undefined ? {} : { commandName }),
  };
  // Each write reports its own failure; without a listener the same error would end the process with a trace.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});

  const onHeard = watchSignals(
    new Map(SIGNALS.map(([signal, status]) => [constants.signals[signal], status])),
  );
  let interrupted: number | undefined;
  for (const [signal, status] of SIGNALS) {
    process.on(signal, () => {
      if (interrupted !== undefined) process.exit(status);
      interrupted = status;
      onHeard();
      controller.abort();
      setTimeout(() => process.exit(status), GRACE_MS).unref();
    });
  }
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
  if (interrupted === undefined) process.exitCode = status;
  else process.exit(interrupted);
}
