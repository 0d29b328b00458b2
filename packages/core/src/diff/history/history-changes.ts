import type { HistoryStep } from '../../analysis/documents.js';
import { alignSequences } from '../align-sequences.js';
import type { Ignorable } from '../ignorable.js';

const HISTORY_FIELDS = ['created', 'author', 'comment'] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];

/** A step of the history that only one image has, or that both have with another time, author or comment. */
export interface HistoryChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Positions in the histories, from the base up. */
  readonly indexA?: number;
  readonly indexB?: number;
  /** What differs of a step that both have. */
  readonly fields?: readonly HistoryField[];
  readonly a?: HistoryStep;
  readonly b?: HistoryStep;
}

/**
 * BuildKit's frontends and exporters sign each step so: `buildkit.dockerfile.v0`, `buildkit.exporter.image.v0`. Buildah
 * names the image that the step began with by its id: `FROM c7cb96d7318e`.
 */
const BUILDER_COMMENT = /^(?:buildkit\.[a-z.]+\.v\d+|FROM [0-9a-f]{12,64})$/;

/** Builders that give their own name as the author of each step. */
const BUILDER_AUTHORS: ReadonlySet<string> = new Set(['kaniko', 'Bazel', 'Jib', 'ko', 'apko']);

/**
 * Compares two histories as sequences. Steps are the same when they have the same `createdBy` and both or neither
 * made a layer; the order counts. An absent text is the same as an empty one. Times are compared as written.
 *
 * `created` passes over the times of steps that both have; `builder` over comments and authors that are but the
 * mark of a builder, or one's mark and nothing; `history` over everything. Each is counted once a step and field;
 * for `history` once a change.
 *
 * @param a from the base up, as `b` is
 * @returns changes in the order of the steps; where steps of both lie between the same neighbours, A's come first.
 *   Where the histories are both long and far apart, fewer steps are found to be the same (see `alignSequences`)
 */
export function compareHistories(
  a: readonly HistoryStep[],
  b: readonly HistoryStep[],
  { ignore }: { readonly ignore: ReadonlySet<Ignorable> },
): { changes: HistoryChange[]; ignored: Map<Ignorable, number> } {
  const changes: HistoryChange[] = [];
  const ignored = new Map<Ignorable, number>();
  const passOver = (what: Ignorable): void => {
    ignored.set(what, (ignored.get(what) ?? 0) + 1);
  };
  const report = (change: HistoryChange): void => {
    if (ignore.has('history')) passOver('history');
    else changes.push(change);
  };

  let atA = 0;
  let atB = 0;
  const upTo = (endA: number, endB: number): void => {
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
    upTo(indexA, indexB);
    const stepA = a[indexA];
    const stepB = b[indexB];
    if (stepA === undefined || stepB === undefined) continue;
    const differing = HISTORY_FIELDS.filter((field) => (stepA[field] ?? '') !== (stepB[field] ?? ''));
    const fields = differing.filter((field) => {
      const kind = ignore.has('history') ? null : kindOf(field, stepA, stepB);
      if (kind === null || !ignore.has(kind)) return true;
      passOver(kind);
      return false;
    });
    if (fields.length > 0) report({ change: 'changed', indexA, indexB, fields, a: stepA, b: stepB });
  }
  upTo(a.length, b.length);
  return { changes, ignored };
}

const identity = (step: HistoryStep): string => `${step.emptyLayer ? '-' : '+'}${step.createdBy ?? ''}`;

function kindOf(field: HistoryField, a: HistoryStep, b: HistoryStep): Ignorable | null {
  if (field === 'created') return 'created';
  const isMark = (text: string): boolean => text === '' || isBuilderMark(field, text);
  return isMark(a[field] ?? '') && isMark(b[field] ?? '') ? 'builder' : null;
}

/** Whether the author or comment of a step is but the mark that a builder signs each of its steps with. */
export function isBuilderMark(field: 'author' | 'comment', text: string): boolean {
  return field === 'author' ? BUILDER_AUTHORS.has(text) : BUILDER_COMMENT.test(text);
}
