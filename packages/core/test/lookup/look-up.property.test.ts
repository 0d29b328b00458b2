import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listTree } from '../../src/analysis/list.ts';
import { lookUpDirectory, lookUpPaths, lookUpTrees } from '../../src/lookup/look-up.ts';
import { linkTargetOf, pathOf } from '../../src/rootfs/changeset.ts';
import { NONE, ROOT } from '../../src/rootfs/node-table.ts';
import { findNode, nodePath, resolvePath, walkNodes } from '../../src/rootfs/rootfs.ts';
import { type Union, uniteLayers } from '../../src/rootfs/union.ts';
import { changesetBySeeking } from '../rootfs/union-helpers.ts';

describe('a path of random layers', () => {
  test('is found as in all layers merged', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const merged = mergedOf(layers);
        for (const path of pathsOf(merged)) {
          const found = lookUpPaths(merged.layers, [path]);
          const expected = resolvePath(merged, path);
          if (!('node' in expected)) expect(found).toBeNull();
          else
            expect(found?.nodes.map((node) => place(found.union, node))).toEqual([
              place(merged, expected.node),
            ]);
        }
      }),
      { numRuns: runs(100, 20_000) },
    );
  }, 1_200_000);

  test('is found with all others at once', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const merged = mergedOf(layers);
        const paths = pathsOf(merged).filter((path) => 'node' in resolvePath(merged, path));
        const found = lookUpPaths(merged.layers, paths);
        expect(found?.nodes.map((node) => place(found.union, node))).toEqual(
          paths.map((path) => placeAt(merged, path)),
        );
      }),
      { numRuns: runs(100, 10_000) },
    );
  }, 1_200_000);

  test('is listed in the same way, with the first of the names of each content', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const merged = mergedOf(layers);
        for (const path of pathsOf(merged)) {
          const node = findNode(merged, path);
          const found = lookUpDirectory(merged.layers, path);
          if (node === NONE) expect(found).toBeNull();
          else
            expect(found && [...listTree(found.union, found.top, false, null)]).toEqual([
              ...listTree(merged, node, false, null),
            ]);
        }
      }),
      { numRuns: runs(100, 20_000) },
    );
  }, 1_200_000);
});

describe('everything below paths of random layers', () => {
  test('is as in all layers merged, and so are the directories above', () => {
    fc.assert(
      fc.property(layerStack, fc.array(fc.nat(), { maxLength: 3 }), (layers, more) => {
        const merged = mergedOf(layers);
        const paths = pathsOf(merged);
        for (const path of paths) {
          const tops = [path, ...more.map((i) => paths[i % paths.length] ?? path)];
          const found = lookUpTrees(merged.layers, tops);
          const exist = tops.every((top) => findNode(merged, top) > ROOT);
          expect(found && placesBelow(found, tops)).toEqual(exist ? placesBelow(merged, tops) : null);
        }
      }),
      { numRuns: runs(100, 20_000) },
    );
  }, 1_200_000);
});

/** Where the nodes at paths, below them, and above them are. */
function placesBelow(union: Union, paths: readonly Uint8Array[]): readonly Place[] {
  return paths.flatMap((path) => {
    const top = findNode(union, path);
    const above: number[] = [];
    for (let node = top; node > ROOT; node = union.nodes.parentOf(node)) above.push(node);
    return [...above, ...walkNodes(union, top)].map((node) => place(union, node));
  });
}

function mergedOf(layers: readonly EntrySpec[][]): Union {
  return uniteLayers(layers.map((layer) => changesetBySeeking(buildTar(layer))));
}

/** Returns all paths that a layer mentions, whether they exist in the end or not, and some that none mentions. */
function pathsOf(merged: Union): Uint8Array[] {
  const paths = Array.from({ length: merged.nodes.count }, (_, node) => nodePath(merged, node));
  const targets = merged.layers.flatMap((layer) =>
    [...layer.linkEntry].map((entry) => linkTargetOf(layer, entry)),
  );
  return [...paths, ...targets, Buffer.from('/none/at/all'), Buffer.from('a/../b//./c')];
}

interface Place {
  readonly path: string;
  readonly kind: number;
  readonly layer: number;
  readonly entry: number;
  readonly source: string | null;
}

function placeAt(merged: Union, path: Uint8Array): Place | null {
  const resolved = resolvePath(merged, path);
  return 'node' in resolved ? place(merged, resolved.node) : null;
}

/** Where a node is, and the entry that describes it. */
function place(union: Union, node: number): Place {
  const layer = union.nodes.layerOf(node);
  const entry = union.nodes.entryOf(node);
  const changeset = union.layers[layer];
  const kind = union.nodes.kindOf(node);
  const path = Buffer.from(nodePath(union, node)).toString('latin1');
  const source = changeset === undefined ? null : Buffer.from(pathOf(changeset, entry)).toString('latin1');
  return { path, kind, layer, entry, source };
}
