const POWERS = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/**
 * Parses a size such as `500`, `20MB`, `1.5 GiB`; NaN for anything else. A part of a byte is dropped: no file has one.
 */
export function sizeIn(text: string): number {
  const match = /^(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})\s*([kmgtpe]?)(i?)b?$/i.exec(text.trim());
  const [, number = '', unit = '', binary = ''] = match ?? [];
  if (match === null || (unit === '' && binary !== '')) return Number.NaN;
  const power = POWERS.indexOf(unit.toLowerCase());
  // Shifts the decimal point in the text: a product may be less than the number that is written.
  const bytes = binary === '' ? Number(`${number}e${3 * power}`) : Number(number) * 1024 ** power;
  return bounded(Math.floor(bytes));
}

/**
 * Parses what dive accepts, such as `20 Mb` and `1,500 kB`; NaN for anything else. Computes it as dive does, which multiplies:
 * `1.001kB` is 1000.
 */
export function diveSizeIn(text: string): number {
  const match = /^([\d,]*\.?[\d,]*)\s*([kmgtpe]?)(i?)b?\s*$/i.exec(text.trim());
  const [, digits = '', unit = '', binary = ''] = match ?? [];
  const number = digits.replaceAll(',', '');
  if (match === null || !/\d/.test(number) || (unit === '' && binary !== '')) return Number.NaN;
  const power = POWERS.indexOf(unit.toLowerCase());
  return bounded(Math.floor(Number(number) * (binary === '' ? 1000 : 1024) ** power));
}

function bounded(bytes: number): number {
  return bytes < 2 ** 64 ? bytes : Number.NaN;
}
