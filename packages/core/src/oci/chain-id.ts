import type { Digest } from '../digest/digest.js';
import { digestOf } from '../digest/digester.js';

/** Computes the ChainID of each layer, from the base up (OCI config.md, "Layer ChainID"). */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
