import type { Shard } from '@layers/fleet';
import { InvalidArgumentError } from 'commander';

/** Parses a share of several equal ones, such as 2/4. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count))
    throw new InvalidArgumentError('It must be a number and the number of all shares, such as 2/4.');
  return shard;
}
