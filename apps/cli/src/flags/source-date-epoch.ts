import { usageError } from '../command-error.js';
import type { Session } from '../session.js';

/**
 * Returns SOURCE_DATE_EPOCH in seconds since 1970; undefined where it is not set. Throws ERR_LAYERS_USAGE for other
 * text.
 */
export function sourceDateEpoch(env: Session['env']): number | undefined {
  const text = env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw usageError(
    `SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, not a time in seconds`,
    'set it to seconds since 1970',
  );
}
