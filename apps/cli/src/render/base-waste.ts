import type { BaseWaste } from '@layers/core/analysis';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';
import type { Fact } from './image-heading.js';

/** Returns what the base wastes itself, and what the layers above it waste; nothing for an image without a known base. */
export function baseFacts(base: BaseWaste | null, view: View): readonly Fact[] {
  if (base === null) return [];
  const parts = [
    counted(base.layers, 'layer'),
    `wastes ${view.bytes(base.wastedBytes)} itself, which is not listed`,
    `${view.bytes(base.ownWastedBytes)} wasted by the layers above it`,
  ];
  return [{ label: 'base', parts }];
}
