import type { ContentComparer } from '../../image/contents/compare-contents.js';
import type { ReadOptions } from '../../image/open-archive.js';
import type { ComparedImages } from '../compared-images.js';
import { type DiffDocument, FILE_FIELDS, type FileChange } from '../document.js';
import { type Ignorable, isIgnorable } from '../ignorable.js';
import type { PathFilter } from '../paths/selected-paths.js';
import { findRenames } from '../renames/renames.js';
import { compareTrees } from './compare-trees.js';
import { decideContents } from './decide-contents.js';
import { type ChangeContext, describeChange } from './file-change.js';
import { fieldSet } from './file-fields.js';
import { createLinkNames } from './link-names.js';
import { orderedChanges } from './ordered-changes.js';
import { createOtherNames } from './other-names.js';
import { type ReportedChanges, reportChanges } from './reported-changes.js';
import { findStoringLayers } from './stored-in.js';
import type { TreeChanges } from './tree-changes.js';

export interface FilesOptions extends Pick<ReadOptions, 'signal' | 'onProgress'> {
  readonly ignore: ReadonlySet<Ignorable>;
  readonly filter: PathFilter;
  /** Makes the unified diffs of changed files; null for none. */
  readonly patches: PatchMaker | null;
}

export type Patch = Pick<FileChange, 'patch' | 'patchBase64' | 'patchOmitted'>;

/** Makes unified diffs of changed files. */
export interface PatchMaker {
  /** Whether added and removed files get a patch too. */
  readonly newFiles: boolean;
  /** Returns the patches of changes. Throws LayersError as `readContent`. */
  make(
    compared: ComparedImages,
    changes: TreeChanges,
    reported: ReportedChanges,
    order: Iterable<number>,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<number, Patch>>;
}

/** The differences between two root file systems, without the ignored ones. */
export interface FilesDiff {
  readonly totals: NonNullable<DiffDocument['totals']>;
  readonly count: number;
  readonly list: Iterable<FileChange>;
  readonly ignored: ReadonlyMap<Ignorable, number>;
  readonly renamesSearched: boolean;
  /** The number of different paths that the filter includes. */
  readonly comparedPaths: number;
}

/**
 * Compares two root file systems path by path.
 *
 * @throws LayersError as `compareImages`
 */
export async function compareFiles(
  compared: ComparedImages,
  comparer: ContentComparer,
  options: FilesOptions,
): Promise<FilesDiff> {
  const { a, b } = compared;
  const { ignore, patches: maker, signal } = options;
  const comparison = compareTrees(a, b, options.filter, compared.sharedNodes);
  const { changes } = comparison;
  await decideContents(comparison, compared, comparer, options);
  const renames = await findRenames(changes, a, b, comparer, {
    ignore,
    signal,
    // Patch formats rename single files only.
    filesOnly: maker !== null,
  });
  const reported = reportChanges(changes, renames, ignore);
  const order = (): Iterable<number> => orderedChanges(a, b, changes, reported.isReported);
  const patches: ReadonlyMap<number, Patch> =
    maker === null ? new Map() : await maker.make(compared, changes, reported, order(), signal);
  const inA = (change: number) => reported.renameAt(changes.nodeB(change))?.nodeA ?? changes.nodeA(change);
  const storedInA = findStoringLayers(compared.imageA, a, mapped(order(), inA));
  const storedInB = findStoringLayers(
    compared.imageB,
    b,
    mapped(order(), (change) => changes.nodeB(change)),
  );
  const context: ChangeContext = {
    a,
    b,
    changes,
    reported,
    namesA: createLinkNames(a),
    namesB: createLinkNames(b),
    comparedFields: fieldSet(...FILE_FIELDS.filter((field) => !isIgnorable(field) || !ignore.has(field))),
    hasModesOfTypes: maker?.newFiles === true,
  };
  const { added, removed, changed, renamed } = reported;
  return {
    totals: { added, removed, changed, renamed, deltaBytes: comparison.deltaBytes },
    count: added + removed + changed + renamed,
    list: {
      *[Symbol.iterator]() {
        const otherName = createOtherNames(a, b, changes);
        for (const change of order()) {
          const described = describeChange(context, change);
          const linkedTo = otherName(inA(change), changes.nodeB(change), described.path);
          const [firstA, firstB] = [storedInA(inA(change)), storedInB(changes.nodeB(change))];
          yield {
            ...described,
            ...(firstA === undefined ? {} : { storedInA: firstA }),
            ...(firstB === undefined ? {} : { storedInB: firstB }),
            ...(linkedTo === undefined ? {} : { linkedTo }),
            ...patches.get(change),
          };
        }
      },
    },
    ignored: reported.ignored,
    renamesSearched: renames.searched,
    comparedPaths: comparison.comparedPaths,
  };
}

function* mapped(changes: Iterable<number>, nodeOf: (change: number) => number): Generator<number> {
  for (const change of changes) yield nodeOf(change);
}
