import { pathFields } from '@layers/core/findings';
import { Kind } from '@layers/core/rootfs';
import type { LogCause } from './document.js';
import type { PathMark } from './path-marks.js';

/** Whether a layer hides what lower layers have in the directory at a depth: by an opaque marker, or by a whiteout and an entry. */
export function isEmptied(marks: readonly PathMark[], depth: number): boolean {
  return marks.some(
    (mark) => mark.depth === depth && (mark.kind === Kind.opaque || mark.kind === Kind.whiteout),
  );
}

/**
 * Returns what deleted a path: its whiteout, else the nearest marker or entry of another type above it.
 *
 * @param isOpaque whether the path is a directory that was made opaque instead
 */
export function causeOf(
  marks: readonly PathMark[],
  names: readonly Uint8Array[],
  isOpaque: boolean,
): { readonly by?: LogCause } {
  for (let depth = names.length; depth >= 0; depth--) {
    const kinds = marks.filter((mark) => mark.depth === depth).map(({ kind }) => kind);
    const at = pathFields(pathAt(names, depth));
    const isAbove = depth < names.length || isOpaque;
    if (isAbove && kinds.includes(Kind.opaque)) return { by: { marker: 'opaque', ...at } };
    if (kinds.includes(Kind.whiteout)) return { by: { marker: 'whiteout', ...at } };
    if (isAbove && kinds.some((kind) => kind !== Kind.directory && kind !== Kind.opaque))
      return { by: { marker: 'entry', ...at } };
  }
  return {};
}

function pathAt(names: readonly Uint8Array[], depth: number): Uint8Array {
  if (depth === 0) return Buffer.from('/');
  return Buffer.concat(names.slice(0, depth).flatMap((name) => [Buffer.from('/'), name]));
}
