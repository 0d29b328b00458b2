import type { Digest } from '@layers/core/digest';
import { bytesUnlessSame, objectIn, parseConfigObject } from './edit-config.js';
import type { RawHistory } from './history.js';
import {
  EMPTY_OBJECT,
  memberOf,
  type RawObject,
  rawJsonOf,
  rawJsonText,
  withMember,
  wrongConfig,
} from './raw-json.js';

/**
 * Replaces the layers of an image config: `rootfs.diff_ids`, and `history` if one is given. Keeps everything else byte for
 * byte. Returns `configBytes` if nothing changes. Otherwise, the result has the same length for all DiffIDs of one algorithm.
 *
 * @throws LayersError ERR_LAYERS_JSON; ERR_LAYERS_CONFIG if the document or `rootfs` is not an object
 */
export function withLayers(
  configBytes: Uint8Array,
  { diffIds, history }: { readonly diffIds: readonly Digest[]; readonly history?: RawHistory | undefined },
): Uint8Array {
  const before = parseConfigObject(configBytes);
  let rootfs: RawObject = objectIn(before, 'rootfs', 'rootfs') ?? EMPTY_OBJECT;
  if (memberOf(rootfs, 'type') === undefined) rootfs = withMember(rootfs, 'type', rawJsonOf('layers'));
  // A null means an empty list.
  if (diffIds.length > 0 || memberOf(rootfs, 'diff_ids') !== undefined) {
    rootfs = withMember(rootfs, 'diff_ids', rawJsonOf(diffIds));
  }
  let document = before;
  if (history !== undefined && (history.length > 0 || memberOf(document, 'history') !== undefined)) {
    document = withMember(document, 'history', { kind: 'array', items: history });
  }
  return bytesUnlessSame(configBytes, before, withMember(document, 'rootfs', rootfs));
}

/**
 * Returns the history of an image config; an empty one if it has none.
 *
 * @throws LayersError ERR_LAYERS_JSON; ERR_LAYERS_CONFIG if it is not a list of objects
 */
export function historyOf(configBytes: Uint8Array): RawHistory {
  const history = memberOf(parseConfigObject(configBytes), 'history');
  if (history === undefined) return [];
  if (history.kind !== 'array') throw wrongConfig('history is not a list');
  if (history.items.some((item) => item.kind !== 'object' && rawJsonText(item) !== 'null'))
    throw wrongConfig('history contains an item that is not an object');
  return history.items;
}
