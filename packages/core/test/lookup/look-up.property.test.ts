import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookUpDirectory, lookUpPaths } from '../../src/lookup/look-up.ts';
import { linkTargetOf, pathOf } from '../../src/rootfs/changeset.ts';
import { Kind } from '../../src/rootfs/kind.ts';
import { ROOT } from '../../src/rootfs/node-table.ts';
import { childrenOf, findNode, nodePath, resolvePath } from '../../src/rootfs/rootfs.ts';
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

  test('has the same children, unless one of them may have other names', () => {
    let found = 0;
    fc.assert(
      fc.property(layerStack, (layers) => {
        const merged = mergedOf(layers);
        for (const path of pathsOf(merged)) {
          const node = findNode(merged, path);
          const directory = lookUpDirectory(merged.layers, path);
          if (directory === null) {
            if (node !== -1) expect(hasLinks(merged)).toBe(true);
            continue;
          }
          found++;
          expect(place(directory.union, directory.top)).toEqual(place(merged, node));
          const children = childrenOf(merged, node);
          expect(
            childrenOf(directory.union, directory.top).map((child) => place(directory.union, child)),
          ).toEqual(children.map((child) => place(merged, child)));
          for (const each of merged.nodes.isLiveDirectory(node) ? children : [node])
            expect(namesOf(merged, each)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: runs(100, 20_000) },
    );
    expect(found).toBeGreaterThan(30);
  }, 1_200_000);
});

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

function namesOf(merged: Union, node: number): number {
  const { nodes, names } = merged;
  if (node === ROOT || nodes.kindOf(node) === Kind.directory) return 0;
  return names[nodes.layerOf(node)]?.[nodes.entryOf(node)] ?? 0;
}

function hasLinks({ layers }: Union): boolean {
  return layers.some(({ kind }) => kind.includes(Kind.link));
}
