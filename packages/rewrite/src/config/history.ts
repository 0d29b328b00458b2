import { cleanInstruction } from '@layers/core/oci';
import { memberOf, plainJson, type RawJson, type RawObject, rawJsonOf, withMember } from './raw-json.js';

/** The steps of a config's `history`, byte for byte, with unknown fields. */
export type RawHistory = readonly RawJson[];

/** A new step of the history (OCI config.md, `history`). */
export interface NewStep {
  /** RFC 3339. */
  readonly created?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** Whether the step has no layer. */
  readonly emptyLayer?: boolean | undefined;
}

/** The step for a layer that the history does not mention. */
const UNKNOWN_STEP: NewStep = { comment: 'no history for this layer' };

const MAX_COMMENT = 500;

/**
 * Appends a step to a history.
 *
 * @param layerCount the number of layers before the step. A history with fewer steps gets one for each other layer first, as
 *   BuildKit does: otherwise the new step would describe one of them
 */
export function appendHistory(history: RawHistory, step: NewStep, layerCount = 0): RawHistory {
  const missing = layerCount - history.filter(hasLayer).length;
  const unknown = Array.from({ length: Math.max(0, missing) }, () => rawStep(UNKNOWN_STEP));
  return [...history, ...unknown, rawStep(step)];
}

/**
 * Merges the steps of layers `from` to `to` (positions, both included) into one, at the position of the last of them. Steps
 * without a layer stay. The comment of the new step lists the merged steps, unless `step` has one or there is a single
 * layer, whose step stays unchanged if `step` is empty.
 *
 * A history with fewer steps than layers is returned unchanged if it has no step of these layers; an empty history gets
 * one step if all layers are merged. Steps beyond the number of layers stay.
 */
export function squashHistory(
  history: RawHistory,
  layerCount: number,
  from: number,
  to: number,
  step: NewStep = {},
): RawHistory {
  const hasFields = Object.values(step).some((value) => value !== undefined);
  if (from === to && !hasFields) return history;
  let layer = 0;
  const layerOf = history.map((each) => (hasLayer(each) ? layer++ : -1));
  const merged = history.filter((_, i) => (layerOf[i] ?? -1) >= from && (layerOf[i] ?? -1) <= to);
  if (merged.length === 0) {
    const mergesAll = history.length === 0 && from === 0 && to === layerCount - 1;
    return mergesAll
      ? [rawStep({ comment: `merged ${layerCount} layers`, ...withoutUndefined(step) })]
      : history;
  }
  const comment = from === to ? undefined : mergedComment(merged);
  const one = rawStep({ comment, ...withoutUndefined(step) });
  const last = history.findLastIndex((_, i) => (layerOf[i] ?? -1) >= from && (layerOf[i] ?? -1) <= to);
  return history.flatMap((each, i) => {
    if (i === last) return [one];
    const position = layerOf[i] ?? -1;
    return position >= from && position <= to ? [] : [each];
  });
}

/**
 * Replaces the layers from a position on. Their steps stay, without layers, except those that the same command made earlier;
 * the new steps follow.
 *
 * @param isOwn whether the command made a step with this `created_by`
 */
export function distributedHistory(
  history: RawHistory,
  from: number,
  steps: readonly NewStep[],
  isOwn: (createdBy: string) => boolean,
): RawHistory {
  let layer = 0;
  const kept = history.flatMap((step): RawJson[] => {
    if (!hasLayer(step) || layer++ < from) return [step];
    if (step.kind !== 'object' || isOwn(textOf(step, 'created_by'))) return [];
    return [withMember(step, 'empty_layer', rawJsonOf(true))];
  });
  const missing = Array.from({ length: Math.max(0, from - layer) }, () => rawStep(UNKNOWN_STEP));
  return [...kept, ...missing, ...steps.map(rawStep)];
}

function mergedComment(merged: RawHistory): string {
  const texts = merged.map((each) => {
    const createdBy = textOf(each, 'created_by');
    return cleanInstruction(createdBy === '' ? textOf(each, 'comment') : createdBy).replace(/\s+/g, ' ');
  });
  const count = merged.length === 1 ? '1 step' : `${merged.length} steps`;
  const comment = `merged ${count}: ${texts.map((text) => (text === '' ? '?' : text)).join('; ')}`;
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
