import { TimedRunner } from '#insight/secrets/scan/timed-runner.js';

/** The time for the patterns of one piece of a file. A pattern without nested repetitions needs a thousandth. */
const PIECE_MS = 2000;
/** The time for one pattern in one layer. */
const TOTAL_MS = 30_000;

/**
 * Runs the patterns of rules that users wrote. Stops a pattern that takes too long, as nested repetitions do on the
 * contents of a hostile image, and does not try it again.
 */
export class RuleGuard {
  readonly #stopped = new Set<number>();
  readonly #spentMs = new Map<number, number>();
  readonly #runner: TimedRunner;
  #current = -1;

  constructor(pieceMs = PIECE_MS) {
    this.#runner = new TimedRunner(pieceMs);
  }

  /** The positions of the rules that were stopped. */
  get stopped(): ReadonlySet<number> {
    return this.#stopped;
  }

  /** Runs work for each of the rules that were not stopped. */
  run(rules: readonly number[], work: (rule: number) => void): void {
    let next = 0;
    const all = (): void => {
      while (next < rules.length) {
        const rule = rules[next++];
        if (rule === undefined || this.#stopped.has(rule)) continue;
        this.#current = rule;
        const start = performance.now();
        work(rule);
        this.#spend(rule, performance.now() - start);
      }
    };
    while (next < rules.length) {
      if (!this.#runner.run(all)) this.#stopped.add(this.#current);
    }
  }

  #spend(rule: number, ms: number): void {
    const spent = (this.#spentMs.get(rule) ?? 0) + ms;
    this.#spentMs.set(rule, spent);
    if (spent > TOTAL_MS) this.#stopped.add(rule);
  }
}
