import { expect, test } from 'vitest';
import { chainIds } from '../../src/oci/chain-id.ts';

const A = 'sha256:cd9b0fa5a3c8bfd8dbb8b9c2a7ca8c5f9d0a3d8ce5c8fa77cb5d7dd3a4c9dc12';

test('the ChainID of one layer is its DiffID; no layers have none', () => {
  expect(chainIds([])).toEqual([]);
  expect(chainIds([A])).toEqual([A]);
});

test('each further ChainID is the digest of the one below, a space, and the DiffID', () => {
  // printf 'sha256:<64 a> sha256:<64 b>' | sha256sum, and so on
  const a = `sha256:${'a'.repeat(64)}` as const;
  const b = `sha256:${'b'.repeat(64)}` as const;
  expect(chainIds([a, b, a])).toEqual([
    a,
    'sha256:ccd722928bd92476ba1745586fed6e45a102504185ad88cd89e01ff116fd146c',
    'sha256:406364a4bd8d39df8107071d4494fa73814420337124657ec5999b072e5d3352',
  ]);
});

test('a layer that occurs twice has two ChainIDs', () => {
  expect(new Set(chainIds([A, A, A])).size).toBe(3);
});
