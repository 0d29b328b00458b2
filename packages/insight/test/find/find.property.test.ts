import { type FindOptions, findDocument } from '@layers/insight/find';
import { INPUTS, readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { type NaiveEvent, naiveEvents, plainPath } from '@layers/testing/naive-events';
import type { NaiveInode } from '@layers/testing/naive-union';
import { naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const scratch = useScratch();

const types = ['file', 'directory', 'symlink', 'char', 'block', 'fifo'] as const;
const conditions: fc.Arbitrary<FindOptions> = fc.record(
  {
    minBytes: fc.constantFrom(0, 1, 6, 512),
    maxBytes: fc.constantFrom(0, 5, 512, 5000),
    types: fc.uniqueArray(fc.constantFrom(...types), { minLength: 1, maxLength: 3 }),
    newerThan: fc.constantFrom(-1e6, 0, 1_600_000_000),
    privileged: fc.constant(true),
    deleted: fc.constant(true),
    layer: fc.constant(0),
    patterns: fc.constantFrom(['a'], ['/a/*'], ['b/**'], ['*'], ['/**/c', 'x y'], ['a*', '/b']),
  },
  { requiredKeys: [] },
);

function meets(
  { minBytes, maxBytes, types: wanted, newerThan, privileged }: FindOptions,
  inode: NaiveInode,
): boolean {
  const isFile = inode.type === 'file';
  if (minBytes !== undefined && !(isFile && inode.size >= minBytes)) return false;
  if (maxBytes !== undefined && !(isFile && inode.size <= maxBytes)) return false;
  if (wanted !== undefined && !wanted.includes(inode.type)) return false;
  const time = inode.from === null ? -Infinity : inode.mtime + inode.mtimeNs / 1e9;
  if (newerThan !== undefined && time <= newerThan) return false;
  const hasRights = (inode.mode & 0o6000) !== 0 || inode.xattrs.includes('security.capability=');
  return privileged === undefined || (isFile && hasRights);
}

/** The patterns of this test as regular expressions on Latin-1 paths. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  a: /\/a$/,
  '/a/*': /^\/a\/[^/]+$/s,
  'b/**': /^\/b\/./s,
  '*': /^/,
  '/**/c': /\/c$/,
  'x y': /\/x y$/,
  'a*': /\/a[^/]*$/s,
  '/b': /^\/b$/,
};

function expected(
  events: ReadonlyMap<string, NaiveEvent[]>,
  visible: ReadonlyMap<string, unknown>,
  options: FindOptions,
) {
  return [...events]
    .filter(([path]) => options.patterns?.some((pattern) => PATTERNS[pattern]?.test(path)) ?? true)
    .filter(([path]) => options.deleted !== true || !visible.has(path))
    .filter(([, found]) =>
      found.some(({ layer, inode }) => (options.layer ?? layer) === layer && meets(options, inode)),
    )
    .map(([path, found]) => ({
      path,
      visible: visible.has(path),
      events: found.map(({ layer, change, inode: { type, size, mode, uid, gid, mtime } }) =>
        JSON.stringify([layer, change, type, size, mode, uid, gid, mtime]),
      ),
    }))
    .sort((a, b) => (comparable(a.path) < comparable(b.path) ? -1 : 1));
}

/** Parents before their children, and siblings in byte order. */
const comparable = (path: string): string => path.replaceAll('/', '\0');

test('paths and events are those of the trees of all stacks of layers', async () => {
  await fc.assert(
    fc.asyncProperty(
      layerStack,
      conditions,
      fc.constantFrom(...INPUTS),
      async (stack, options, [, input]) => {
        const image = await readOne(input(ociArchive(stack), scratch));
        const { matches } = findDocument(image, options);
        const found = Array.from(matches, ({ visible, events, ...path }) => ({
          path: plainPath(path),
          visible,
          events: events.map(({ layer, change, type, sizeBytes, mode, uid, gid, mtime }) =>
            JSON.stringify([layer, change, type, sizeBytes, mode, uid, gid, mtime]),
          ),
        }));
        expect(found).toEqual(expected(naiveEvents(stack), naiveUnion(stack).tree, options));
      },
    ),
    { numRuns: runs(400, 10_000) },
  );
});
