import { layerStack } from '@layers/testing/arbitrary-layers';
import { type NaiveInode, type NaiveUnion, naiveUnion } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentBytesOf } from '../../src/rootfs/changeset.ts';
import { NONE } from '../../src/rootfs/node-table.ts';
import { nodePath } from '../../src/rootfs/rootfs.ts';
import { type Union, uniteLayers } from '../../src/rootfs/union.ts';
import { codesOf } from './layer-helpers.ts';
import {
  changesetBySeeking,
  changesetByStreaming,
  type Standing,
  treeOf,
  unite,
  wasteOf,
} from './union-helpers.ts';

describe('random layers', () => {
  test('have the tree, waste, changes and findings of the naive model', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const naive = naiveUnion(layers);
        const union = unite(layers);
        expect(resultOfUnion(union)).toEqual(resultOfNaive(naive));
        const wasted = wasteOf(union).map(({ layer, entry }) => union.layers[layer]?.size[entry] ?? 0);
        const contentBytes = union.layers.reduce((sum, layer) => sum + contentBytesOf(layer), 0);
        expect(contentBytes).toBe(naive.contentBytes);
        expect(contentBytes).toBe(wasted.reduce((sum, bytes) => sum + bytes, naive.rootfsBytes));
        for (const { waste, oldLayer, oldEntry } of union.candidates) {
          if (waste !== NONE)
            expect(union.waste.at(waste)).toMatchObject({ layer: oldLayer, entry: oldEntry });
        }
      }),
      { numRuns: runs(2000, 50_000) },
    );
  }, 1_200_000);

  test('have the same changeset from a seekable tar and from a stream in pieces of any length', () => {
    const pieceBytes = fc.constantFrom(1, 7, 100, 511, 512, 513, 4096, 1_000_000);
    fc.assert(
      fc.property(layerStack, pieceBytes, (layers, bytes) => {
        const tars = layers.map(buildTar);
        const sought = tars.map(changesetBySeeking);
        expect(tars.map((tar) => changesetByStreaming(tar, bytes))).toEqual(sought);
        expect(resultOfUnion(uniteLayers(sought))).toEqual(resultOfUnion(unite(layers)));
      }),
      { numRuns: runs(300, 5000) },
    );
  }, 600_000);

  test('have the same union when applied at once and on top of a union of the first ones', () => {
    fc.assert(
      fc.property(layerStack, fc.nat(5), (layers, length) => {
        const changesets = layers.map((layer) => changesetBySeeking(buildTar(layer)));
        const base = uniteLayers(changesets.slice(0, length));
        const before = resultOfUnion(base);
        const whole = uniteLayers(changesets);
        const forked = uniteLayers(changesets, base);
        expect(resultOfUnion(forked)).toEqual(resultOfUnion(whole));
        expect(forked.changes).toEqual(whole.changes);
        expect(forked.candidates).toEqual(whole.candidates);
        expect(resultOfUnion(base)).toEqual(before);
        for (let node = 0; node < base.nodes.count; node++) {
          expect(nodePath(forked, node)).toEqual(nodePath(base, node));
        }
      }),
      { numRuns: runs(300, 5000) },
    );
  }, 600_000);

  test('cover every rule', () => {
    const seen = new Map<string, number>();
    const see = (what: string): Map<string, number> => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (const layers of fc.sample(layerStack, { numRuns: 400, seed: 1 })) {
      const naive = naiveUnion(layers);
      for (const codes of naive.findings) codes.forEach(see);
      for (const { cause } of naive.waste) see(cause);
      for (const { type } of naive.tree.values()) see(type);
      if (naive.copies.length > 0) see('copy');
      const inodes = [...naive.tree.values()];
      if (new Set(inodes).size < inodes.length) see('hard link');
      for (const { added, modified, deleted } of naive.changes) {
        if (added > 0) see('added');
        if (modified > 0) see('modified');
        if (deleted > 0) see('deleted path');
      }
    }
    const rare = EVERYTHING.filter((what) => (seen.get(what) ?? 0) < 10);
    expect(rare).toEqual([]);
  });
});

const EVERYTHING = [
  'name-climbs-out',
  'reserved-name',
  'bare-whiteout',
  'root-not-directory',
  'unknown-type',
  'whiteout-of-nothing',
  'whiteout-with-entry',
  'duplicate-entry',
  'parent-not-directory',
  'link-to-lower-layer',
  'link-attributes',
  'link-before-target',
  'dangling-link',
  'link-to-directory',
  'whiteout-below-whiteout',
  'whiteout-below-file',
  'parent-without-entry',
  'deleted',
  'overwritten',
  'replaced',
  'file',
  'symlink',
  'char',
  'block',
  'directory',
  'fifo',
  'copy',
  'hard link',
  'added',
  'modified',
  'deleted path',
];

/** The result of either model in a comparable form. */
interface Result {
  readonly tree: readonly string[];
  readonly waste: readonly string[];
  readonly copies: readonly string[];
  readonly names: readonly string[];
  readonly changes: readonly object[];
  readonly findings: readonly (readonly string[])[];
}

function resultOfNaive({ tree, waste, copies, changes, findings }: NaiveUnion): Result {
  const names = new Map<string, number>();
  for (const inode of tree.values()) names.set(place(inode), (names.get(place(inode)) ?? 0) + 1);
  names.delete('');
  return {
    tree: sorted([...tree].map(([path, inode]) => [path, standing(inode)])),
    waste: sorted(waste),
    copies: sorted(copies.map((copy) => [place(copy.old), place(copy.new), copy.layer])),
    names: sorted(names),
    changes,
    findings: findings.map((codes) => [...codes].sort()),
  };
}

function resultOfUnion(union: Union): Result {
  const { candidates, names, changes } = union;
  return {
    tree: sorted(treeOf(union)),
    waste: sorted(wasteOf(union)),
    copies: sorted(
      candidates.map((copy) => [
        `${copy.oldLayer}:${copy.oldEntry}`,
        `${copy.newLayer}:${copy.newEntry}`,
        copy.layer,
      ]),
    ),
    names: sorted(
      names.flatMap((counts, layer) =>
        [...counts].flatMap((count, entry) => (count === 0 ? [] : [[`${layer}:${entry}`, count]])),
      ),
    ),
    changes: changes.map(({ added, modified, deleted }) => ({ added, modified, deleted })),
    findings: changes.map((_, layer) => codesOf(union, layer).sort()),
  };
}

const sorted = (items: Iterable<unknown>): string[] => [...items].map((item) => JSON.stringify(item)).sort();

const place = ({ from }: NaiveInode): string => (from === null ? '' : `${from.layer}:${from.entry}`);

function standing(inode: NaiveInode): Standing {
  const { type, mode, uid, gid, mtime, mtimeNs, size, linkTarget, device, xattrs } = inode;
  const attributes = `${mode.toString(8)} ${uid} ${gid} ${mtime}.${mtimeNs}`;
  return { type, attributes, size, linkTarget, device, xattrs, from: place(inode) };
}
