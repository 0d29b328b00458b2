import type { ImageDescription } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import type { BaseCandidate, SearchedStore } from '@layers/insight/base';
import { listImages, type StoredImage } from '@layers/store/images';
import { storePath } from '@layers/store/layout';
import type { Session } from '../session.js';
import { userStore } from './stored-input.js';

/** The most images of the store that are shown as a base. Many names of one base say no more than these. */
const MOST_CANDIDATES = 20;

/** Images of the store that an image may be built on, the most layers first. */
export interface StoredCandidates {
  readonly candidates: readonly BaseCandidate[];
  readonly searched: SearchedStore;
}

/**
 * Returns the images of the store whose layers are the lowest ones of an image. Reads manifests and configs only. Images with
 * all layers of the image are left out: it may be one of these, or their base.
 */
export function storedCandidates(
  { layers }: ImageDescription,
  session: Pick<Session, 'env'>,
): StoredCandidates {
  const path = storePath(session.env);
  let stored: readonly StoredImage[];
  try {
    stored = listImages(userStore(session));
  } catch (error) {
    if (!isLayersError(error)) throw error;
    const problem = { code: error.code, message: error.message };
    return { candidates: [], searched: { path, images: 0, problem } };
  }
  const isBelow = ({ layers: own }: StoredImage): boolean =>
    own.length > 0 &&
    own.length < layers.length &&
    own.every(({ diffId }, i) => diffId !== null && diffId === layers[i]?.diffId);
  const candidates = stored
    .filter(isBelow)
    .sort((a, b) => b.layers.length - a.layers.length)
    .slice(0, MOST_CANDIDATES)
    .map(({ refs, manifestDigest, layers: own }) => ({
      name: refs[0] ?? null,
      digest: manifestDigest,
      diffIds: own.map(({ diffId }) => diffId),
    }));
  return { candidates, searched: { path, images: stored.length, problem: null } };
}
