import type { TocType } from './toc.js';

const TYPES: ReadonlyMap<unknown, TocType> = new Map<unknown, TocType>([
  ['reg', 'file'],
  ['dir', 'directory'],
  ['symlink', 'symlink'],
  ['hardlink', 'link'],
  ['char', 'char'],
  ['block', 'block'],
  ['fifo', 'fifo'],
]);

/** Returns the type that all formats give this name; undefined for other values. */
export function typeOf(name: unknown): TocType | undefined {
  return TYPES.get(name);
}
