import type { View } from '../../output/view.js';

/** What can have happened to a thing that two images are compared by. */
export type ChangeKind = 'added' | 'removed' | 'changed' | 'renamed';

export const CHANGE_KINDS = [
  'added',
  'removed',
  'changed',
  'renamed',
] as const satisfies readonly ChangeKind[];

/** The signs before lines, and before counts where room is short. */
export const MARKS: Readonly<Record<ChangeKind, string>> = {
  added: '+',
  removed: '-',
  changed: '~',
  renamed: '>',
};

export function painterOf(happening: ChangeKind, { colours }: View): (text: string) => string {
  if (happening === 'added') return colours.green;
  if (happening === 'removed') return colours.red;
  return happening === 'renamed' ? colours.cyan : colours.yellow;
}

type Counts = Readonly<Record<ChangeKind, number>>;

/** `2 added`, `7 removed`: a part for each that there is. */
export function countParts(counts: Counts, view: View): string[] {
  return CHANGE_KINDS.filter((happening) => counts[happening] > 0).map((happening) =>
    painterOf(happening, view)(`${counts[happening]} ${happening}`),
  );
}

/** `+2 -7 ~4`. */
export function countSigns(counts: Counts, view: View): string {
  return CHANGE_KINDS.filter((happening) => counts[happening] > 0)
    .map((happening) => painterOf(happening, view)(`${MARKS[happening]}${counts[happening]}`))
    .join(' ');
}

/** `+4.41 kB`, `-12 B`, `0 B`. */
export function signedBytes(bytes: number, view: View): string {
  return `${bytes > 0 ? '+' : bytes < 0 ? '-' : ''}${view.bytes(Math.abs(bytes))}`;
}
