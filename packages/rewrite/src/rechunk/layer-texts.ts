import type { ComponentTable } from './component-table.js';
import type { Cluster } from './update-cost.js';

const MAX_NAMES = 5;
const MAX_NAME = 80;

/** Returns the names of the largest components of a layer, for its entry in the history. */
export function layerText(
  { ids }: Pick<Cluster, 'ids'>,
  table: ComponentTable,
  bytesOf: (id: number) => number,
): string {
  const largest = [...ids].sort((a, b) => bytesOf(b) - bytesOf(a) || a - b).slice(0, MAX_NAMES);
  const names = largest.map((id) => shortName(table.get(id).name));
  const more = ids.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Names have a character for each byte. */
function shortName(name: string): string {
  const letters = [...Buffer.from(name, 'latin1').toString('utf8')];
  return letters.length > MAX_NAME ? `${letters.slice(0, MAX_NAME - 1).join('')}…` : letters.join('');
}
