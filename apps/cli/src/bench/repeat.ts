import { runEventLoop } from '@layers/core/io';
import type { BenchOptions } from './bench-options.js';
import { now } from './clock.js';

/** Repeats work as often and as long as the options allow, at least once. */
export async function repeat<Result>(
  options: BenchOptions,
  run: (attempt: number) => Promise<Result> | Result,
): Promise<Result[]> {
  const results: Result[] = [];
  const started = now();
  do {
    await runEventLoop(options.signal);
    results.push(await run(results.length));
  } while (results.length < options.runs && now() - started < options.maxSeconds);
  return results;
}
