import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how fast failed requests are repeated. */
export interface RetryPolicy {
  /** Attempts in a row without progress. Default: 6. */
  readonly attempts?: number | undefined;
  /** The wait before the second attempt, in milliseconds; it doubles with each further attempt. Default: 500. */
  readonly delayMs?: number | undefined;
  /** The longest wait that a server may ask for with `Retry-After`, in milliseconds. Default: five minutes. */
  readonly maxDelayMs?: number | undefined;
}

const DEFAULT_ATTEMPTS = 6;
const DEFAULT_DELAY_MS = 500;
const DEFAULT_MAX_DELAY_MS = 300_000;
const MAX_BACKOFF_MS = 15_000;

/** Counts the attempts of one operation, and waits between them. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal | undefined;
  #failed = 0;

  constructor(policy: RetryPolicy = {}, signal?: AbortSignal) {
    this.#policy = policy;
    this.#signal = signal;
  }

  /** Forgets failed attempts, after progress. */
  reset(): void {
    this.#failed = 0;
  }

  /**
   * Waits before the next attempt. Returns false where no further attempt is allowed, or the server asks for too long a
   * wait. Throws the reason of the signal.
   *
   * @param retryAfterMs what the server asked for
   */
  async next(retryAfterMs: number | null = null): Promise<boolean> {
    const {
      attempts = DEFAULT_ATTEMPTS,
      delayMs = DEFAULT_DELAY_MS,
      maxDelayMs = DEFAULT_MAX_DELAY_MS,
    } = this.#policy;
    this.#failed++;
    if (this.#failed >= attempts || (retryAfterMs !== null && retryAfterMs > maxDelayMs)) return false;
    const backoffMs = Math.min(MAX_BACKOFF_MS, delayMs * 2 ** (this.#failed - 1));
    // Clients that failed together must not come back together.
    const jittered = backoffMs * (0.5 + Math.random() / 2);
    await sleep(Math.max(jittered, retryAfterMs ?? 0), undefined, { signal: this.#signal }).catch(() => {});
    this.#signal?.throwIfAborted();
    return true;
  }
}

/** Whether a response with this status can be another one later. */
export function isTransientStatus(status: number): boolean {
  return (
    status === 408 || status === 429 || status === 500 || status === 502 || status === 503 || status === 504
  );
}

/** Returns the wait of a `Retry-After` header in milliseconds: seconds or a date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
