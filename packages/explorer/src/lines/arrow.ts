import type { Format } from './format.js';

/** Returns the sign before what can be expanded. */
export function arrowOf(isExpanded: boolean, { unicode }: Format): string {
  if (unicode) return isExpanded ? '▾ ' : '▸ ';
  return isExpanded ? 'v ' : '> ';
}
