import { uniteForPaths } from '@layers/core/analysis';
import type { ReadImage } from '@layers/core/image';
import { type ExtractOptions, extractTree } from '../extract/extract-tree.js';
import type { ExtractReport } from '../extract/report.js';
import { requireComplete, unionOf } from '../image/complete-image.js';
import { planTree } from '../plan/plan-tree.js';

/**
 * Extracts the merged root file system of an image into a directory. Merges only what `paths` depend on. Throws what
 * `requireComplete` and `extractTree` throw, and ERR_LAYERS_INPUT_CHANGED.
 */
export async function extractRootfs(
  image: ReadImage,
  directory: string,
  options: ExtractOptions = {},
): Promise<ExtractReport> {
  requireComplete(image, options);
  const union = (options.paths && uniteForPaths(image, options.paths)) ?? unionOf(image);
  const report = await extractTree(image, union, planTree(union), directory, options);
  image.archive.checkUnchanged();
  return report;
}
