import { refuseDamage } from '@layers/core/analysis';
import { readPair } from '@layers/core/image';
import { type DiffFlags, pairChoice } from '../flags/diff-request.js';
import type { Inputs } from '../input/inputs.js';
import { openPair, type PairNames } from '../input/read-pair.js';
import type { Feedback } from '../output/progress.js';
import type { ImageFlags } from '../session.js';
import { exploredPair } from './explored-pair.js';
import type { Explored } from './sides.js';

/** Reads two images to explore what differs. */
export async function openedPair(
  names: PairNames,
  flags: Pick<DiffFlags, 'imageB' | 'platformB'> & ImageFlags,
  inputs: Inputs,
  feedback: Feedback,
): Promise<Explored> {
  const pair = await openPair(
    names,
    pairChoice(flags),
    { contents: true, reuses: true, files: true, listed: true },
    inputs,
  );
  const [a, b] = await readPair(pair.a, pair.b, pair.options);
  refuseDamage(a, { isComplete: false });
  refuseDamage(b, { isComplete: false });
  const { signal } = inputs.session;
  return exploredPair(a, b, { signal, onProgress: feedback.onProgress });
}
