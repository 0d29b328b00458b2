import { type ContentPairs, differentContents } from '@layers/core/diff';
import { createContentComparer, type Progress } from '@layers/core/image';
import { runEventLoop } from '@layers/core/io';
import { compareStates, type Differences, decided, type LayerRange, pairAt } from '@layers/explorer';
import type { PathEvents } from '@layers/insight/events';
import type { Side } from './sides.js';

interface CompareOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Compares the file systems before and after layers, as `layers diff` does: contents only where attributes do not decide.
 *
 * @throws LayersError as `differentContents`
 */
export async function compareFiles(
  events: PathEvents,
  range: LayerRange,
  { a, b }: { readonly a: Side; readonly b: Side },
  { signal, onProgress }: CompareOptions,
): Promise<Differences> {
  const steps = compareStates(events, range);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) await runEventLoop(signal);
  const comparison = step.value;
  const { undecided } = comparison;
  const placeAt = (index: number, when: 'before' | 'after', { first }: Side) => {
    const state = pairAt(events, undecided[index] ?? 0, range)?.[when];
    return { layer: (state?.layer ?? first) - first, entry: state?.entry ?? 0 };
  };
  const pairs: ContentPairs = {
    count: undecided.length,
    a: (index) => placeAt(index, 'before', a),
    b: (index) => placeAt(index, 'after', b),
  };
  const comparer = createContentComparer(a.image, b.image);
  try {
    const images = { imageA: a.image, imageB: b.image };
    return decided(comparison, await differentContents(images, pairs, comparer, { signal, onProgress }));
  } finally {
    comparer.close();
  }
}
