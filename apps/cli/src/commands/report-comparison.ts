import { compareImages } from '@layers/core/diff';
import { type ReadImage, readPair } from '@layers/core/image';
import { documentSecrets } from '@layers/insight/secrets';
import { pairReport } from '@layers/report/collect';
import type { ReportData } from '@layers/report/data';
import { type DiffFlags, pairChoice } from '../flags/diff-request.js';
import type { Inputs } from '../input/inputs.js';
import { openPair, type PairNames } from '../input/read-pair.js';
import type { ImageFlags } from '../session.js';

export type PairFlags = ImageFlags & Pick<DiffFlags, 'imageB' | 'platformB'>;

/** Reads two images, and returns what a report about their differences shows. */
export async function comparisonData(
  names: PairNames,
  flags: PairFlags,
  showsValues: boolean,
  inputs: Inputs,
): Promise<ReportData> {
  const reading = { contents: true, reuses: true, files: true };
  const pair = await openPair(names, pairChoice(flags), reading, inputs);
  try {
    const [a, b] = await readPair(pair.a, pair.b, pair.options);
    const { signal, onProgress } = pair.options;
    const diff = await compareImages(a, b, { signal, onProgress });
    return await pairReport(a, b, diff, showsValues ? null : redactBoth(a, b));
  } finally {
    pair.endProgress();
  }
}

/** Returns a function that removes the secrets of two images from a text. */
function redactBoth(a: ReadImage, b: ReadImage): (text: string) => string {
  const redactors = [a, b].map((image) => documentSecrets(image).redactor);
  return (text) => redactors.reduce((rest, redactor) => redactor.redact(rest), text);
}
