import { LayersError } from '@layers/errors';
import type { Session } from '../program/session.js';

/**
 * The time in SOURCE_DATE_EPOCH, in seconds since 1970; undefined where nothing is said. Throws ERR_LAYERS_USAGE for what
 * is no time.
 */
export function sourceDateEpoch(env: Session['env']): number | undefined {
  const text = env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new LayersError(
    'ERR_LAYERS_USAGE',
    `SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, which is no time`,
    {
      hint: 'it holds seconds since 1970',
    },
  );
}
