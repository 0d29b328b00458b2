import { cleanInstruction } from '@layers/core/oci';
import { memberOf, plainJson, type RawJson, type RawObject, rawJsonOf } from './raw-json.js';

/** The steps of a config's `history` as they are spelled there; fields that are unknown here stay. */
export type RawHistory = readonly RawJson[];

/** A step to be written (OCI config.md, "history"). */
export interface NewStep {
  /** RFC 3339. */
  readonly created?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** The step has no layer. */
  readonly emptyLayer?: boolean | undefined;
}

/** Said of a step that is made up for a layer which the history does not know. */
const UNKNOWN_STEP: NewStep = { comment: 'the history did not tell of this layer' };

const MAX_COMMENT = 500;

/**
 * The history with one more step.
 *
 * @param layerCount how many layers the image had before it. A history that tells of fewer gets a step for each of
 *   the others first, as BuildKit does: otherwise the new step would be taken for one of theirs
 */
export function appendHistory(history: RawHistory, step: NewStep, layerCount = 0): RawHistory {
  const missing = layerCount - history.filter(hasLayer).length;
  const unknown = Array.from({ length: Math.max(0, missing) }, () => rawStep(UNKNOWN_STEP));
  return [...history, ...unknown, rawStep(step)];
}

/**
 * The history after layers `from` to `to` (positions, both included) became one. Their steps become one step, which
 * stands where the last of them stood; steps without layer stay in their order. Its comment tells what was merged,
 * unless `step` has one. Of a single layer the step stays as it is where `step` says nothing.
 *
 * A history that tells of fewer layers than there are loses only the steps it has: where it has none of theirs it
 * stays, unless there is no history and all layers are merged, which makes one step. Steps beyond the layers stay.
 */
export function squashHistory(
  history: RawHistory,
  layerCount: number,
  from: number,
  to: number,
  step: NewStep = {},
): RawHistory {
  let layer = 0;
  const layerOf = history.map((each) => (hasLayer(each) ? layer++ : -1));
  const merged = history.filter((_, i) => (layerOf[i] ?? -1) >= from && (layerOf[i] ?? -1) <= to);
  if (merged.length === 0) {
    const whole = history.length === 0 && from === 0 && to === layerCount - 1;
    return whole ? [rawStep({ comment: `merged ${layerCount} layers`, ...withoutUndefined(step) })] : history;
  }
  const says = Object.values(step).some((value) => value !== undefined);
  if (from === to && !says) return history;
  const one = rawStep({ comment: mergedComment(merged), ...withoutUndefined(step) });
  const last = history.findLastIndex((_, i) => (layerOf[i] ?? -1) >= from && (layerOf[i] ?? -1) <= to);
  return history.flatMap((each, i) => {
    if (i === last) return [one];
    const position = layerOf[i] ?? -1;
    return position >= from && position <= to ? [] : [each];
  });
}

function mergedComment(merged: RawHistory): string {
  const told = merged.map((each) => {
    const createdBy = textOf(each, 'created_by');
    return cleanInstruction(createdBy === '' ? textOf(each, 'comment') : createdBy).replace(/\s+/g, ' ');
  });
  const count = merged.length === 1 ? '1 step' : `${merged.length} steps`;
  const comment = `merged ${count}: ${told.map((text) => (text === '' ? '?' : text)).join('; ')}`;
  const letters = [...comment];
  return letters.length > MAX_COMMENT ? `${letters.slice(0, MAX_COMMENT - 1).join('')}…` : comment;
}

function hasLayer(step: RawJson): boolean {
  if (step.kind !== 'object') return true;
  const empty = memberOf(step, 'empty_layer');
  return !(empty?.kind === 'scalar' && empty.text === 'true');
}

function textOf(step: RawJson, key: string): string {
  const value = step.kind === 'object' ? memberOf(step, key) : undefined;
  const text: unknown = value === undefined ? '' : plainJson(value);
  return typeof text === 'string' ? text : '';
}

function rawStep({ created, createdBy, author, comment, emptyLayer }: NewStep): RawObject {
  const raw = rawJsonOf({
    created,
    created_by: createdBy,
    author,
    comment,
    empty_layer: emptyLayer === true ? true : undefined,
  });
  return raw.kind === 'object' ? raw : { kind: 'object', members: [] };
}

function withoutUndefined(step: NewStep): NewStep {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined));
}
