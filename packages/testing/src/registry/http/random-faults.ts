import { type Fault, type FaultPlan, htmlPage, tooManyRequests } from './faults.ts';

export interface RandomFaults {
  readonly seed: number;
  /** The share of requests with a fault, from 0 to 1; 0.2 by default. */
  readonly share?: number;
  /** The most faults in a row for one method and URL, so that a client that tries again succeeds; 2 by default. */
  readonly inARow?: number;
  /** The seconds in `Retry-After`; 0 by default. */
  readonly retryAfter?: number;
  /** Makes the faults, with a source of numbers from 0 to 1; by default those that a client recovers from. */
  readonly make?: (random: () => number) => Fault;
}

/** Returns a plan of random faults; the same for the same seed and the same order of requests. */
export function randomFaults(options: RandomFaults): FaultPlan {
  const { share = 0.2, inARow = 2, retryAfter = 0 } = options;
  const make = options.make ?? ((next: () => number) => recoverable(next, retryAfter));
  const random = randomNumbers(options.seed);
  const failed = new Map<string, number>();
  return ({ server, method, path }) => {
    // The query of an upload and of a signed URL changes with each request.
    const key = `${server} ${method} ${path.split('?', 1)[0]}`;
    const count = failed.get(key) ?? 0;
    if (count >= inARow || random() >= share) {
      failed.delete(key);
      return null;
    }
    failed.set(key, count + 1);
    return make(random);
  };
}

/** Returns a random fault after which the same request can succeed. */
export function recoverable(random: () => number, retryAfter = 0): Fault {
  const after = { share: random() };
  const reset = random() < 0.5;
  const faults: readonly Fault[] = [
    { kind: 'cut-response', after, reset },
    { kind: 'cut-response', after, reset },
    { kind: 'cut-request', after, reset },
    { kind: 'cut-request', after, reset },
    tooManyRequests(retryAfter),
    { kind: 'status', status: 500 },
    htmlPage(502),
    { kind: 'status', status: 503, headers: { 'Retry-After': String(retryAfter) } },
    { kind: 'expired-token' },
    { kind: 'content-length', add: 7 },
  ];
  return faults[Math.floor(random() * faults.length)] ?? { kind: 'status', status: 500 };
}

/** Returns a generator of numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
