import { NONE } from '@layers/core/rootfs';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { attributeLines } from '../panes/attributes.js';
import type { ContentPlace, DifferenceEffect } from '../state/effect.js';
import { type ExploredImage, layerName } from '../state/image.js';
import { placeOf } from '../state/selection.js';
import type { LayerRange } from '../tree/layer-range.js';
import type { PathIndex } from '../tree/path-index.js';

/**
 * Returns what compares the content of a node in a tree with the one before: that before the layers whose changes are shown,
 * or, where they do not change it, the version before that. Null where there is no version before.
 */
export function differenceOf(
  image: ExploredImage,
  index: PathIndex,
  node: number,
  range: LayerRange,
  format: Format,
): DifferenceEffect | null {
  const { events } = index;
  const last = node === NONE ? NONE : index.eventAt(node, range.to);
  if (last === NONE) return null;
  const named = (what: string, place: ContentPlace): string =>
    `${what}  ${layerName(image, place.layer)}  ${exactBytes(place.sizeBytes, format)}`;
  if (events.isDeletion(last)) {
    const before = placeOf(index, node, index.stateIn(node, range));
    if (before === null) return null;
    const after = `after   ${layerName(image, events.layerOf(last))} deleted it`;
    return { kind: 'difference', versions: { before, after: null }, head: [named('before', before), after] };
  }
  const from = range.marks && events.layerOf(last) >= range.from ? range.from : events.layerOf(last);
  let event = last;
  while (event !== NONE && events.layerOf(event) >= from) event = events.previousOf(event);
  if (event === NONE) return null;
  const [old, shown] = [events.stateOf(event), events.stateOf(last)];
  const [before, after] = [placeOf(index, node, old), placeOf(index, node, shown)];
  if (before === null || after === null) return null;
  // The lines of both versions have their sizes.
  const lines = attributeLines(index, old, shown, format, ['size']);
  const head = [named('before', before), named('after ', after), ...lines];
  return { kind: 'difference', versions: { before, after }, head };
}
