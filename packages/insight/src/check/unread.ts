import type { ReadImage } from '@layers/core/image';
import type { CheckRule } from './rules.js';

/** Rules about files of the layers above the base only. */
const OWN_FILES: readonly CheckRule[] = ['added-size', 'forbidden-paths', 'junk', 'secrets', 'setuid'];

/** Rules about the files of all layers. */
const ALL_FILES: readonly CheckRule[] = [
  'efficiency',
  'wasted-bytes',
  'wasted-share',
  'content-size',
  'layer-size',
  'growth',
];

/** Returns the positions of layers whose files are not all known: damaged ones, those of another form than tar, and those
 * that the archive lacks. */
export function unreadLayers({ layers }: ReadImage): number[] {
  return layers.flatMap(({ index, position }) =>
    index === null || index.problem !== null ? [position] : [],
  );
}

/** Returns why a rule that finds nothing cannot be sure, as `layer 1 could not be read`; null where it can. */
export function reasonUnread(
  rule: CheckRule,
  unread: readonly number[],
  baseLayers: number,
  name?: string,
): string | null {
  const first = OWN_FILES.includes(rule)
    ? baseLayers
    : ALL_FILES.includes(rule)
      ? 0
      : Number.POSITIVE_INFINITY;
  const needed = unread.filter((layer) => layer >= first);
  if (needed.length === 0) return null;
  const what = needed.length === 1 ? `layer ${needed[0]}` : `${needed.length} layers`;
  return `${what}${name === undefined ? '' : ` of ${name}`} could not be read`;
}
