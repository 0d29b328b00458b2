import type { HistoryStep } from '../../analysis/documents.js';
import { alignSequences } from '../align-sequences.js';
import type { Ignorable } from '../ignorable.js';

const HISTORY_FIELDS = ['created', 'author', 'comment'] as const;

type HistoryField = (typeof HISTORY_FIELDS)[number];

/** A history step that only one image has, or that both have with a different time, author or comment. */
export interface HistoryChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Positions in the histories, base first. */
  readonly indexA?: number;
  readonly indexB?: number;
  /** The differing fields of a step that both images have. */
  readonly fields?: readonly ('created' | 'author' | 'comment')[];
  readonly a?: HistoryStep;
  readonly b?: HistoryStep;
}

/**
 * Comments that builders add to each step. BuildKit: `buildkit.dockerfile.v0`, `buildkit.exporter.image.v0`. Buildah:
 * the id of the base image of the step, `FROM c7cb96d7318e`.
 */
const BUILDER_COMMENT = /^(?:buildkit\.[a-z.]+\.v\d+|FROM [0-9a-f]{12,64})$/;

/** Builders that write their own name as the author of each step. */
const BUILDER_AUTHORS: ReadonlySet<string> = new Set(['kaniko', 'Bazel', 'Jib', 'ko', 'apko']);

/**
 * Compares two histories as sequences. Two steps correspond if they have the same `createdBy` and both or neither
 * created a layer; the order counts. An absent text equals an empty one. Times are compared as strings.
 *
 * Ignoring `created` ignores the times of corresponding steps. Ignoring `builder` ignores comments and authors that
 * builders add automatically. Both are counted once for each step and field. Ignoring `history` ignores all changes.
 *
 * @param a base first, as `b`
 * @returns changes in the order of the steps; between the same neighbours A's steps come first. Long histories that
 *   differ a lot have fewer corresponding steps (see `alignSequences`)
 */
export function compareHistories(
  a: readonly HistoryStep[],
  b: readonly HistoryStep[],
  { ignore }: { readonly ignore: ReadonlySet<Ignorable> },
): { changes: HistoryChange[]; ignored: Map<Ignorable, number> } {
  const changes: HistoryChange[] = [];
  const ignored = new Map<Ignorable, number>();
  const countIgnored = (what: Ignorable): void => {
    ignored.set(what, (ignored.get(what) ?? 0) + 1);
  };
  const report = (change: HistoryChange): void => {
    if (ignore.has('history')) countIgnored('history');
    else changes.push(change);
  };

  let atA = 0;
  let atB = 0;
  const reportUpTo = (endA: number, endB: number): void => {
    for (const [i, step] of a.slice(atA, endA).entries()) {
      report({ change: 'removed', indexA: atA + i, a: step });
    }
    for (const [i, step] of b.slice(atB, endB).entries()) {
      report({ change: 'added', indexB: atB + i, b: step });
    }
    atA = endA + 1;
    atB = endB + 1;
  };

  for (const [indexA, indexB] of alignSequences(a.map(identity), b.map(identity))) {
    reportUpTo(indexA, indexB);
    const stepA = a[indexA];
    const stepB = b[indexB];
    if (stepA === undefined || stepB === undefined) continue;
    const differing = HISTORY_FIELDS.filter((field) => (stepA[field] ?? '') !== (stepB[field] ?? ''));
    const fields = differing.filter((field) => {
      const kind = ignore.has('history') ? null : ignorableKind(field, stepA, stepB);
      if (kind === null || !ignore.has(kind)) return true;
      countIgnored(kind);
      return false;
    });
    if (fields.length > 0) report({ change: 'changed', indexA, indexB, fields, a: stepA, b: stepB });
  }
  reportUpTo(a.length, b.length);
  return { changes, ignored };
}

const identity = (step: HistoryStep): string => `${step.emptyLayer ? '-' : '+'}${step.createdBy ?? ''}`;

function ignorableKind(field: HistoryField, a: HistoryStep, b: HistoryStep): Ignorable | null {
  if (field === 'created') return 'created';
  const isMark = (text: string): boolean => text === '' || isBuilderMark(field, text);
  return isMark(a[field] ?? '') && isMark(b[field] ?? '') ? 'builder' : null;
}

/** Returns whether a builder adds this author or comment automatically to each of its steps. */
export function isBuilderMark(field: 'author' | 'comment', text: string): boolean {
  return field === 'author' ? BUILDER_AUTHORS.has(text) : BUILDER_COMMENT.test(text);
}
