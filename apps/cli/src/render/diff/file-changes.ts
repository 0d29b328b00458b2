import type { FileChange } from '@layers/core/diff';

/**
 * Returns the layer that created, changed or removed a path: a layer of A where B never had the path. Of a content that
 * later layers only gave other attributes, the layer that stored it, with the last of the others beside it.
 */
export function placeOf(change: FileChange) {
  const { layerA, layerB } = change;
  const isOfA = change.change === 'removed' && (layerB === undefined || layerB === null);
  const layer = isOfA ? layerA : layerB;
  if (layer === undefined || layer === null) return null;
  const stored = isOfA ? change.storedInA : change.storedInB;
  const [of, alone] = [isOfA ? "A's " : '', { layer, isOfA }];
  if (stored === undefined || change.change === 'removed') return { ...alone, text: `${of}layer ${layer}` };
  if (!hasOtherContent(change)) return { ...alone, text: `layer ${layer}, content of layer ${stored}` };
  return { layer: stored, isOfA, text: `layer ${stored}, attributes of layer ${layer}` };
}

function hasOtherContent({ change, fields = [] }: FileChange): boolean {
  return change === 'added' || fields.some((field) => CONTENT_FIELDS.has(field));
}

/** Names the layer of a change, as `layer 2` or `A's layer 2`; empty where there is none. */
export function layerText(change: FileChange): string {
  return placeOf(change)?.text ?? '';
}

/** Each change weighs this many bytes more than its content, so that many small changes are listed too. */
const BYTES_PER_CHANGE = 512;

/** Returns the weight of a change, by which the list is sorted: its changed bytes, and a constant for each change. */
export function weightOf(change: FileChange): number {
  return change.linkedTo === undefined ? changedBytes(change) + BYTES_PER_CHANGE : 1;
}

/** Returns the change of the total size of files, in bytes. */
export function deltaOf({ sizeBytesA: sizeA = 0, sizeBytesB: sizeB = 0, linkedTo }: FileChange): number {
  return linkedTo === undefined ? sizeB - sizeA : 0;
}

function changedBytes({
  change,
  fields = [],
  sizeBytesA: sizeA = 0,
  sizeBytesB: sizeB = 0,
}: FileChange): number {
  if (change === 'renamed') return 0;
  if (change === 'changed' && !fields.some((field) => CONTENT_FIELDS.has(field))) return 0;
  return Math.max(sizeA, sizeB);
}

const CONTENT_FIELDS: ReadonlySet<string> = new Set(['content', 'size', 'type']);
