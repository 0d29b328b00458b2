import type { CheckLimit, CheckUnit } from './report.js';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Formats bytes in SI units with three significant digits: `5.61 MB`. */
export function sizeText(bytes: number): string {
  let power = 0;
  let value = Math.abs(bytes);
  while (value >= 999.5 && power < UNITS.length - 1) {
    value /= 1000;
    power++;
  }
  return `${bytes < 0 ? '-' : ''}${Number(value.toPrecision(3))} ${UNITS[power]}`;
}

/** Formats a share in percent with three significant digits. */
function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** Returns a figure as text that differs from its limit where the figure does. */
export function actualText(actual: number, limit: CheckLimit): string {
  const text = valueText(actual, limit.unit);
  if (actual === limit.value || text !== valueText(limit.value, limit.unit)) return text;
  return limit.unit === 'bytes' ? `${actual} B` : `${actual * 100} %`;
}

function valueText(value: number, unit: CheckUnit): string {
  if (unit === 'bytes') return sizeText(value);
  return unit === 'ratio' ? percentText(value) : String(value);
}

/** `1 secret`, `2 secrets`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
