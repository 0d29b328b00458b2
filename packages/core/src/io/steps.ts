import { monotonicMs } from '#core/io/clock.js';
import { runEventLoop } from './yielder.js';

/** Work that is done in steps: a generator that yields wherever it can pause. */
export type Steps<Result> = Generator<void, Result, void>;

/** Returns the result of work, done without pauses. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

const PAUSE_MS = 50;

/**
 * Returns the result of work. The event loop runs now and then, so that signals and timers are handled.
 * Throws the signal's reason once it is aborted.
 */
export async function runStepsWithPauses<Result>(
  steps: Steps<Result>,
  signal?: AbortSignal | undefined,
): Promise<Result> {
  let paused = monotonicMs();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (monotonicMs() - paused < PAUSE_MS) continue;
    try {
      await runEventLoop(signal);
    } catch (error) {
      steps.throw(error);
    }
    paused = monotonicMs();
  }
}
