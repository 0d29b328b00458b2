import { type Digest, isDigest } from '@layers/core/digest';
import type { ImageDescription } from '@layers/core/image';
import { type HistoryEntry, joinHistory, parseJson } from '@layers/core/oci';
import type { BaseEvidence } from './document.js';

/** An image that may be the base. */
export interface BaseCandidate {
  /** Null for an image of the store without a name. */
  readonly name: string | null;
  readonly digest: Digest | null;
  /** The DiffIDs of its layers, lowest first; null for a layer without one. */
  readonly diffIds: readonly (Digest | null)[];
}

/**
 * Returns what says on which image an image was built: equal layers first, the longest base first; then annotations, then
 * the history. Reads documents only.
 *
 * @param manifest the bytes of the manifest; null without one
 */
export function findBase(
  description: ImageDescription,
  manifest: Uint8Array | null,
  candidates: readonly BaseCandidate[],
): BaseEvidence[] {
  return [
    ...sameLayers(description, candidates),
    ...annotated(description, manifest),
    ...guessedByHistory(description),
  ];
}

function sameLayers({ layers }: ImageDescription, candidates: readonly BaseCandidate[]): BaseEvidence[] {
  return candidates
    .filter(
      ({ diffIds }) =>
        diffIds.length > 0 && diffIds.every((diffId, i) => diffId !== null && diffId === layers[i]?.diffId),
    )
    .sort((a, b) => b.diffIds.length - a.diffIds.length)
    .map(({ name, digest, diffIds }) => ({
      from: 'layers',
      isGuess: false,
      name,
      digest,
      layers: diffIds.length,
      reason: 'its layers are the lowest ones of the image, with the same DiffIDs',
    }));
}

const NAME = 'org.opencontainers.image.base.name';
const DIGEST = 'org.opencontainers.image.base.digest';

function annotated({ config }: ImageDescription, manifest: Uint8Array | null): BaseEvidence[] {
  const annotations = manifest === null ? {} : objectIn(parseJson(manifest, 'manifest'), 'annotations');
  const labels = objectIn(config.config, 'Labels');
  const [name, digest] = [NAME, DIGEST].map((key) => textIn(annotations, key) ?? textIn(labels, key));
  if (name === undefined && digest === undefined) return [];
  return [
    {
      from: 'annotation',
      isGuess: true,
      name: name ?? null,
      digest: digest !== undefined && isDigest(digest) ? digest : null,
      layers: null,
      reason:
        'an annotation or a label says so; labels are inherited, so that it may be the base of the base',
    },
  ];
}

function objectIn(value: unknown, key: string): object {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'object' && found !== null ? found : {};
}

function textIn(object: object, key: string): string | undefined {
  const value: unknown = Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The steps of one build follow each other within this time; a cached step may be older. */
const ONE_BUILD_MS = 60 * 60 * 1000;

/** Bases end with the command that they run, and images that are built on them go on after it. */
const ENDS_A_BASE = /(?:^|#\(nop\)\s+)(?:CMD|ENTRYPOINT)\b/;

function guessedByHistory({ config, layers }: ImageDescription): BaseEvidence[] {
  const { entries, mismatch } = joinHistory(config.history, layers.length);
  if (mismatch) return [];
  let below = 0;
  const guesses: { readonly layers: number; readonly reason: string }[] = [];
  entries.forEach(({ history, layer }, i) => {
    if (layer !== undefined) below = layer + 1;
    const next = entries.slice(i + 1).find((entry) => entry.layer !== undefined);
    // Only a base with layers below, and with layers above.
    if (history === undefined || next?.history === undefined || below === 0) return;
    const following = entries[i + 1]?.history;
    if (isLaterBuild(history, following))
      guesses.push({ layers: below, reason: 'the next step was made more than an hour later' });
    else if (ENDS_A_BASE.test(history.createdBy ?? '') && !ENDS_A_BASE.test(following?.createdBy ?? ''))
      guesses.push({ layers: below, reason: 'a step that sets the command is followed by more layers' });
  });
  const last = guesses.at(-1);
  if (last === undefined) return [];
  return [{ from: 'history', isGuess: true, name: null, digest: null, ...last }];
}

function isLaterBuild(step: HistoryEntry, next: HistoryEntry | undefined): boolean {
  const [before, after] = [Date.parse(step.created ?? ''), Date.parse(next?.created ?? '')];
  return after - before > ONE_BUILD_MS;
}
