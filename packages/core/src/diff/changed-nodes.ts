import { createContentComparer } from '../image/contents/compare-contents.js';
import type { ReadOptions } from '../image/open-archive.js';
import type { ReadImage } from '../image/read-image.js';
import { Kind } from '../rootfs/kind.js';
import { NONE } from '../rootfs/node-table.js';
import type { ComparedImages } from './compared-images.js';
import { uniteBoth } from './compared-images.js';
import { compareTrees } from './files/compare-trees.js';
import { decideContents } from './files/decide-contents.js';
import { fieldSet, NO_FIELDS } from './files/file-fields.js';
import { createPathFilter } from './paths/path-filter.js';

/** The paths that differ between two images, as nodes of their unions; NONE where an image lacks the path. */
export interface ChangedNodes extends ComparedImages {
  readonly pairs: Iterable<readonly [nodeA: number, nodeB: number]>;
}

const MTIME = fieldSet('mtime');

/**
 * Compares the root file systems of two images without searching renames. Directories that differ in their times alone
 * count as the same.
 *
 * @throws LayersError as `compareImages`
 */
export async function findChangedNodes(
  a: ReadImage,
  b: ReadImage,
  options: Pick<ReadOptions, 'signal' | 'onProgress'> = {},
): Promise<ChangedNodes> {
  const compared = uniteBoth(a, b);
  const comparison = compareTrees(compared.a, compared.b, createPathFilter({}), compared.sharedNodes);
  const comparer = createContentComparer(compared.imageA, compared.imageB);
  try {
    await decideContents(comparison, compared, comparer, options);
  } finally {
    comparer.close();
  }
  const { changes } = comparison;
  return {
    ...compared,
    pairs: {
      *[Symbol.iterator]() {
        for (let change = 0; change < changes.count; change++) {
          const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
          if (nodeA !== NONE && nodeB !== NONE) {
            const fields = changes.fields(change);
            if (fields === NO_FIELDS) continue;
            if (fields === MTIME && compared.b.nodes.kindOf(nodeB) === Kind.directory) continue;
          }
          yield [nodeA, nodeB];
        }
      },
    },
  };
}
