import { digestOf, hexOf } from '@layers/core/digest';

/** What identifies a secret from one scan to the next. */
export interface Identity {
  readonly rule: string;
  /** Where it is, such as `file /app/.env` or `env DB_PASSWORD`: nothing that changes with every build. */
  readonly place: string;
  /** Null for a secret that a person may have chosen. */
  readonly randomSecret: string | null;
}

const CHARACTERS = 32;

/**
 * Returns the fingerprint of a secret. It does not depend on a secret that a person may have chosen: whoever has the
 * fingerprint could try passwords against it. The secrets with too much randomness for that are hashed, so that another
 * one at the same place has another fingerprint.
 */
export function fingerprintOf({ rule, place, randomSecret }: Identity): string {
  const text = JSON.stringify(['layers secret', rule, place, randomSecret]);
  return hexOf(digestOf(text)).slice(0, CHARACTERS);
}
