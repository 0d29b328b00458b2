import type { Advice, LayerStep } from '../document.js';
import type { EarlyLayer } from './layer-order.js';

/**
 * Returns advice to move instructions down.
 *
 * @param versions the number of versions that were compared
 */
export function orderAdvice(
  early: readonly EarlyLayer[],
  versions: number,
  stepOf: (layer: number) => LayerStep,
): Advice[] {
  return early
    .map(({ layer, changes, rebuilt }): Advice => {
      const pullBytes = rebuilt.reduce((sum, { bytes }) => sum + bytes, 0);
      const above =
        rebuilt.length === 1
          ? 'a layer above it, whose files never changed, was'
          : `${rebuilt.length} layers above it, whose files never changed, were`;
      return {
        code: 'layer-order',
        problem: `the files of this instruction changed in ${changes} of ${versions - 1} new versions: ${above} built and pulled again`,
        fix: 'move it below the instructions that do not need its files; where one needs some of them, copy these alone first',
        example: 'COPY package.json package-lock.json ./, then RUN npm ci, then COPY . .',
        rule: null,
        savableBytes: 0,
        pullBytes,
        files: 0,
        repack: false,
        storedBy: [...rebuilt]
          .sort((a, b) => b.bytes - a.bytes)
          .map(({ layer: above, bytes }) => ({ ...stepOf(above), sizeBytes: bytes })),
        wastedBy: stepOf(layer),
        paths: [],
        morePaths: 0,
      };
    })
    .sort((a, b) => b.pullBytes - a.pullBytes);
}
