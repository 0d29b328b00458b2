import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { needsThat } from '@layers/testing/needs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { describe, expect, test } from 'vitest';
import { listTree } from '../../src/analysis/list.ts';
import { openArchive } from '../../src/image/open-archive.ts';
import { changesetOf, readImage } from '../../src/image/read-image.ts';
import { lookUpDirectory, lookUpPaths, lookUpTrees } from '../../src/lookup/look-up.ts';
import { NONE, ROOT } from '../../src/rootfs/node-table.ts';
import { findNode, nodePath, resolvePath, walkNodes } from '../../src/rootfs/rootfs.ts';
import { type Union, uniteLayers } from '../../src/rootfs/union.ts';

const folder = imagesFolder ?? '';

function archives(): string[] {
  if (imagesFolder === undefined) return [];
  const files = readdirSync(folder).filter(
    (name) => /\.tar(\.gz)?$/.test(name) && !name.startsWith('corrupt-'),
  );
  const layouts = readdirSync(join(folder, 'oci-layouts')).map((name) => join('oci-layouts', name));
  return [...files, ...layouts].sort();
}

const real = needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES);

describe('every path that a layer has, in real archives', real, () => {
  test.for(archives())('%s', { timeout: 300_000 }, async (name) => {
    const archive = await openArchive({ path: join(folder, name) }, { threads: 0 });
    for (const image of archive.images) {
      const read = await readImage(archive, image, { threads: 0 });
      const merged = uniteLayers(read.layers.map(changesetOf));
      for (let node = ROOT; node < merged.nodes.count; node++) expectSame(merged, nodePath(merged, node));
    }
  });
});

function expectSame(merged: Union, path: Uint8Array): void {
  const resolved = resolvePath(merged, path);
  const node = 'node' in resolved ? resolved.node : NONE;
  const found = lookUpPaths(merged.layers, [path]);
  expect(found?.nodes.map((each) => placeOf(found.union, each)) ?? [null]).toEqual([
    node === NONE ? null : placeOf(merged, node),
  ]);
  if (node === NONE || Buffer.compare(nodePath(merged, node), path) !== 0) return;
  const directory = lookUpDirectory(merged.layers, path);
  expect(directory && [...listTree(directory.union, directory.top, false, null)]).toEqual([
    ...listTree(merged, node, false, null),
  ]);
  if (node === ROOT || !merged.nodes.isLiveDirectory(node)) return;
  const tree = lookUpTrees(merged.layers, [path]);
  expect(tree && placesBelow(tree, path)).toEqual(placesBelow(merged, path));
}

function placesBelow(union: Union, path: Uint8Array): readonly (readonly (string | number)[])[] {
  const top = findNode(union, path);
  return [top, ...walkNodes(union, top)].map((node) => placeOf(union, node));
}

/** The path, kind and entry of a node. */
function placeOf(union: Union, node: number): readonly (string | number)[] {
  const { nodes } = union;
  const path = Buffer.from(nodePath(union, node)).toString('latin1');
  return [path, nodes.kindOf(node), nodes.layerOf(node), nodes.entryOf(node)];
}
