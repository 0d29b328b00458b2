import { LayerCache } from '@layers/core/image';
import type { Session } from '../session.js';
import { BUILD, VERSION } from '../version.js';
import { layerCacheDirectory } from './cache-directory.js';

/** Opens the cache of indexes of this user; undefined if there is none. */
export function userCache({ env }: Pick<Session, 'env'>): LayerCache | undefined {
  const directory = layerCacheDirectory(env);
  if (directory === null) return undefined;
  return LayerCache.open({ directory, version: `${VERSION} ${BUILD}` }) ?? undefined;
}
