import { createContext, Script } from 'node:vm';

/** Runs work, and stops it when it takes too long. */
export class TimedRunner {
  readonly #mostMs: number;
  readonly #context: { work: () => void };
  readonly #script = new Script('work()');

  constructor(mostMs: number) {
    this.#mostMs = mostMs;
    const globals = { work: () => {} };
    createContext(globals);
    this.#context = globals;
  }

  /** Returns whether the work ended in time. */
  run(work: () => void): boolean {
    this.#context.work = work;
    try {
      this.#script.runInContext(this.#context, { timeout: this.#mostMs });
      return true;
    } catch (error) {
      if (isTimeout(error)) return false;
      throw error;
    }
  }
}

/** The error is of the other context, so that it is not an instance of this one's Error. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
