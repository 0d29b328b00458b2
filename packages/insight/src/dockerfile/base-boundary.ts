import type { ImageDescription } from '@layers/core/image';
import { type HistoryEntry, type ImageConfig, joinHistory } from '@layers/core/oci';
import type { BaseEvidence } from '../base/index.js';
import type { DockerfileBase } from './document.js';

/** An image that is known to be the base. */
export interface KnownBase {
  /** As FROM names it. */
  readonly name: string;
  /** The digest of its manifest, where a registry has it; null otherwise. */
  readonly digest: DockerfileBase['digest'];
  readonly config: ImageConfig;
  readonly layers: number;
}

/** The base of an image, and the steps of the history that belong to it. */
export interface BaseBoundary {
  readonly base: DockerfileBase;
  /** The number of steps of the history, and of layers without one, that the base has. */
  readonly steps: number;
  /** The config of the base; null where it is not known. */
  readonly config: ImageConfig | null;
}

/** Returns where the steps of a given base end. */
export function boundaryOf(description: ImageDescription, known: KnownBase): BaseBoundary {
  const { name, digest, config, layers } = known;
  const own = description.config.history;
  const isPrefix = config.history.every((step, i) => step.createdBy === own[i]?.createdBy);
  return {
    base: { name, digest, layers, isGuess: false },
    steps: isPrefix && config.history.length > 0 ? config.history.length : stepsOfLayers(description, layers),
    config,
  };
}

/** Buildah notes the base in the first step after it, and the id of an intermediate image in later ones. */
const BUILDAH_FROM = /^FROM (?![0-9a-f]{12,64}$)\S+$/;

/**
 * Returns the base that the image itself names: an annotation names it, and buildah or the history shows where its steps
 * end. Null without either.
 */
export function recognisedBase(
  description: ImageDescription,
  evidence: readonly BaseEvidence[],
): BaseBoundary | null {
  const named = evidence.find(({ from, name }) => from === 'annotation' && name !== null);
  if (named === undefined || named.name === null || !/^[\w.:/@-]+$/.test(named.name)) return null;
  const { history } = description.config;
  const { entries } = joinHistory(history, description.layers.length);
  const below = (count: number) => entries.slice(0, count).filter(({ layer }) => layer !== undefined).length;
  const guessed = evidence.find(({ from }) => from === 'history')?.layers ?? null;
  const noted = notedBoundary(history);
  const steps = noted > 0 ? noted : guessed === null ? 0 : stepsOfLayers(description, guessed);
  if (below(steps) === 0) return null;
  return {
    base: { name: named.name.replace(/@.*$/, ''), digest: named.digest, layers: below(steps), isGuess: true },
    steps,
    config: null,
  };
}

/** Returns the number of steps below buildah's note; 0 or less without one. */
function notedBoundary(history: readonly HistoryEntry[]): number {
  let steps = history.findLastIndex(({ comment }) => BUILDAH_FROM.test(comment ?? ''));
  // A build that writes one layer notes the base at its last step only.
  while (history[steps]?.emptyLayer === false && isUnnoted(history[steps - 1])) steps--;
  while (isUnnoted(history[steps]) && isUnnoted(history[steps - 1])) steps--;
  return steps;
}

function isUnnoted(step: HistoryEntry | undefined): boolean {
  return step?.emptyLayer === true && (step.comment ?? '') === '';
}

/** Returns the number of steps up to the last one of the lowest layers, with the steps that set the command after it. */
function stepsOfLayers({ config, layers }: ImageDescription, count: number): number {
  const { entries } = joinHistory(config.history, layers.length);
  const next = entries.findIndex(({ layer }) => layer !== undefined && layer >= count);
  const last = entries.findLastIndex(({ layer }) => layer !== undefined && layer < count);
  const between = entries.slice(last + 1, next < 0 ? undefined : next);
  const ending = between.findLastIndex(({ history }) => ENDS_A_BASE.test(history?.createdBy ?? ''));
  return last + 1 + ending + 1;
}

/** Bases end with the command that they run. */
const ENDS_A_BASE = /(?:^|#\(nop\)\s+)(?:CMD|ENTRYPOINT)\b/;
