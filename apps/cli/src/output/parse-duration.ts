import { LayersError } from '@layers/errors';

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

/**
 * A length of time such as `90s`, `1h30m` or `7d`, in seconds; a bare number counts seconds. Throws ERR_LAYERS_USAGE.
 */
export function parseDuration(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhdw]))+$/.test(text)) {
    throw new LayersError('ERR_LAYERS_USAGE', `${JSON.stringify(text)} is no length of time`, {
      hint: 'write it as 30s, 10m, 1h30m or 7d',
    });
  }
  let seconds = 0;
  for (const [, amount, unit = 's'] of text.matchAll(/([\d.]+)(ms|[smhdw])/g)) {
    seconds += Number(amount) * (SECONDS.get(unit) ?? 0);
  }
  return seconds;
}
