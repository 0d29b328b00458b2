import type { FileChange } from '@layers/core/diff';

/** The layer that put a path there or took it away; of A where B never had the path. */
export function placeOf({ change, layerA, layerB }: FileChange) {
  const isOfA = change === 'removed' && (layerB === undefined || layerB === null);
  const layer = isOfA ? layerA : layerB;
  if (layer === undefined || layer === null) return null;
  return { layer, isOfA, text: isOfA ? `A's layer ${layer}` : `layer ${layer}` };
}

/** That layer in words; empty where there is none. */
export function layerText(change: FileChange): string {
  return placeOf(change)?.text ?? '';
}

/** A change that counts as much as this many bytes, besides its own: many small ones are worth a look too. */
const BYTES_A_CHANGE = 512;

/** How much a change matters: the bytes that are new, gone or other, and that it is one. A further name hardly does. */
export function weightOf(change: FileChange): number {
  return change.linkedTo === undefined ? changedBytes(change) + BYTES_A_CHANGE : 1;
}

/** What a change adds to the size of the files, in bytes; negative where it takes away. */
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
  if (change === 'changed' && !fields.some((field) => BYTES_DIFFER.has(field))) return 0;
  return Math.max(sizeA, sizeB);
}

const BYTES_DIFFER: ReadonlySet<string> = new Set(['content', 'size', 'type']);
