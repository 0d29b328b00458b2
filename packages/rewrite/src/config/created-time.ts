import { LayersError } from '@layers/errors';

/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can express. */
const LAST_SECOND = 253_402_300_799;

/**
 * Returns a time in RFC 3339, for `created` of a config.
 *
 * @param seconds whole seconds since 1970, such as those of SOURCE_DATE_EPOCH
 * @throws LayersError ERR_LAYERS_USAGE for a fraction, a negative number, or a time after the year 9999
 */
export function timeFromEpoch(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > LAST_SECOND) {
    throw new LayersError(
      'ERR_LAYERS_USAGE',
      `${seconds} seconds since 1970 is not a date before the year 10000`,
      {
        hint: `use a whole number from 0 to ${LAST_SECOND}`,
      },
    );
  }
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
