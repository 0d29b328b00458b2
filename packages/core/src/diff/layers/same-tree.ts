import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { type Changeset, contentBytesOf, pathOf } from '../../rootfs/changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { uniteLayers } from '../../rootfs/union.js';
import type { ComparedImages } from '../compared-images.js';
import { compareTrees } from '../files/compare-trees.js';
import { type ContentPair, sameBytes } from '../files/decide-contents.js';
import { fieldSet } from '../files/file-fields.js';
import { ALL_PATHS } from '../paths/selected-paths.js';

/** A layer at its position in one of the images. */
export interface PositionedLayer {
  readonly position: number;
  readonly changeset: Changeset;
}

/** The images of two layers, and the comparer of their contents. */
export interface LayerComparison extends Pick<ComparedImages, 'imageA' | 'imageB'> {
  readonly comparer: ContentComparer;
}

const MTIME = fieldSet('mtime');

/**
 * Compares the effects of two layers with different bytes. Layers whose effect depends on the layers below, such as
 * hard links to files below, count as different.
 *
 * @returns the known differences of the bytes other than the tar format; null where the effects differ
 */
export async function compareLayerTrees(
  a: PositionedLayer,
  b: PositionedLayer,
  { comparer, ...images }: LayerComparison,
): Promise<readonly ('mtime' | 'order')[] | null> {
  if (!looksAlike(a.changeset, b.changeset)) return null;
  const [unionA, unionB] = [uniteLayers([a.changeset]), uniteLayers([b.changeset])];
  const dangles = [unionA, unionB].some(({ changes }) =>
    changes.some(({ findings }) => findings.some(({ code }) => code === 'dangling-link')),
  );
  if (dangles) return null;
  const { changes, undecided } = compareTrees(unionA, unionB, ALL_PATHS);
  let mtime = false;
  for (let change = 0; change < changes.count; change++) {
    if (changes.nodeA(change) < 0 || changes.nodeB(change) < 0) return null;
    const fields = changes.fields(change);
    if ((fields & ~MTIME) !== 0) return null;
    mtime ||= fields !== 0;
  }
  if (!sameMarkers(a.changeset, b.changeset)) return null;
  const unknown: ContentPair[] = [];
  for (const change of undecided) {
    const pair = {
      a: { layer: a.position, entry: unionA.nodes.entryOf(changes.nodeA(change)) },
      b: { layer: b.position, entry: unionB.nodes.entryOf(changes.nodeB(change)) },
    };
    const answer = comparer.compare(pair.a, pair.b);
    if (answer === 'different') return null;
    if (answer === 'unknown') unknown.push(pair);
  }
  if ((await sameBytes(images, unknown)).includes(false)) return null;
  return [
    ...(mtime ? (['mtime'] as const) : []),
    ...(sameOrder(a.changeset, b.changeset) ? [] : (['order'] as const)),
  ];
}

function looksAlike(a: Changeset, b: Changeset): boolean {
  return a.count === b.count && contentBytesOf(a) === contentBytesOf(b);
}

function sameMarkers(a: Changeset, b: Changeset): boolean {
  const [markersA, markersB] = [markersOf(a), markersOf(b)];
  return markersA.length === markersB.length && markersA.every((marker, i) => marker === markersB[i]);
}

function markersOf(changeset: Changeset): string[] {
  const markers: string[] = [];
  changeset.kind.forEach((kind, entry) => {
    if (kind !== Kind.whiteout && kind !== Kind.opaque) return;
    markers.push(`${kind} ${Buffer.from(pathOf(changeset, entry)).toString('latin1')}`);
  });
  return markers.sort();
}

function sameOrder(a: Changeset, b: Changeset): boolean {
  for (let entry = 0; entry < a.count; entry++) {
    if (a.kind[entry] !== b.kind[entry] || Buffer.compare(pathOf(a, entry), pathOf(b, entry)) !== 0)
      return false;
  }
  return true;
}
