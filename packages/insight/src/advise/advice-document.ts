import type { Analysis } from '@layers/core/analysis';
import type { ReadImage } from '@layers/core/image';
import { documentSecrets, imageSecrets } from '../secrets/index.js';
import { type AdviseOptions, adviceBeside } from './advise.js';
import type { AdviceDocument } from './document.js';

/**
 * Returns what to change in the Dockerfile of an image: secrets first, then the most savable bytes.
 *
 * @param history earlier versions of the image, the oldest first
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream
 */
export async function adviceDocument(
  analysis: Analysis,
  options: Omit<AdviseOptions, 'history'> = {},
  history: readonly ReadImage[] = [],
): Promise<AdviceDocument> {
  const secrets =
    options.secrets === true
      ? { ...(await imageSecrets(analysis, options)), secretsIn: 'contents' as const }
      : { ...documentSecrets(analysis.image), secretsIn: 'names' as const };
  return adviceBeside(secrets, analysis, options, history);
}
