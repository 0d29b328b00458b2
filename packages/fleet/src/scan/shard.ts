import { createHash } from 'node:crypto';
import type { Shard } from '../folder/state.js';

/**
 * Returns whether a shard has something, by its name. Each name is in exactly one shard: the first 48 bits of its SHA-256,
 * modulo the number of shards, are the number of the shard less one.
 */
export function isInShard(shard: Shard | null, name: string): boolean {
  if (shard === null) return true;
  const bits = createHash('sha256').update(name).digest().readUIntBE(0, 6);
  return bits % shard.count === shard.index - 1;
}

export function isSameShard(a: Shard | null, b: Shard | null): boolean {
  return a?.index === b?.index && a?.count === b?.count;
}
