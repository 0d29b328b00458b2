import { usageError } from '../command-error.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['m', 1e6],
  ['g', 1e9],
  ['t', 1e12],
  ['ki', 2 ** 10],
  ['mi', 2 ** 20],
  ['gi', 2 ** 30],
  ['ti', 2 ** 40],
]);

/**
 * Parses a size such as `100`, `1.5k`, `10M` or `1GiB`. Returns bytes, rounded up. Units are decimal, as in all output; those
 * with `i` are binary.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function parseSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,9})?) ?([kmgt]?i?)b?$/i.exec(text) ?? [];
  const factor = UNITS.get(unit.toLowerCase());
  const bytes = Math.ceil(Number(number) * (factor ?? Number.NaN));
  if (number !== '' && Number.isSafeInteger(bytes)) return bytes;
  throw usageError(`${JSON.stringify(text)} is not a size`, 'write it as 500, 10k, 1.5M or 1GiB');
}
