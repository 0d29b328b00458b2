import type { View } from '../../output/view.js';

/** The kind of a change. */
export type ChangeKind = 'added' | 'removed' | 'changed' | 'renamed';

export const CHANGE_KINDS = [
  'added',
  'removed',
  'changed',
  'renamed',
] as const satisfies readonly ChangeKind[];

/** The marks before lines and counts. */
export const MARKS: Readonly<Record<ChangeKind, string>> = {
  added: '+',
  removed: '-',
  changed: '~',
  renamed: '>',
};

export function painterOf(kind: ChangeKind, { colours }: View): (text: string) => string {
  if (kind === 'added') return colours.green;
  if (kind === 'removed') return colours.red;
  return kind === 'renamed' ? colours.cyan : colours.yellow;
}

type Counts = Readonly<Record<ChangeKind, number>>;

/** Returns `2 added`, `7 removed` and so on, for counts above 0. */
export function countParts(counts: Counts, view: View): string[] {
  return CHANGE_KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
    painterOf(kind, view)(`${counts[kind]} ${kind}`),
  );
}

/** Returns counts as `+2 -7 ~4`. */
export function countSigns(counts: Counts, view: View): string {
  return CHANGE_KINDS.filter((kind) => counts[kind] > 0)
    .map((kind) => painterOf(kind, view)(`${MARKS[kind]}${counts[kind]}`))
    .join(' ');
}

/** Returns a signed size, such as `+4.41 kB`, `-12 B` or `0 B`. */
export function signedBytes(bytes: number, view: View): string {
  return `${bytes > 0 ? '+' : bytes < 0 ? '-' : ''}${view.bytes(Math.abs(bytes))}`;
}
