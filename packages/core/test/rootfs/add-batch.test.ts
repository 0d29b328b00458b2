import { TarWalk } from '@layers/tar/internal';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { runs } from '@layers/testing/random-runs';
import { buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Changeset } from '../../src/rootfs/changeset.ts';
import { ChangesetIndexer } from '../../src/rootfs/changeset-indexer.ts';
import { createUsage, DEFAULT_LIMITS, type Limits } from '../../src/rootfs/limits.ts';
import { directory, file, link, marker, symlink } from './layer-helpers.ts';

interface Read {
  readonly changeset: Changeset;
  readonly usage: BigInt64Array;
  /** Entries that were added in batches. */
  readonly batched: number;
}

/** Reads a layer, by batches where `usesKernel`. */
function read(tar: Uint8Array, usesKernel: boolean, limits: Limits = DEFAULT_LIMITS): Read {
  const usage = createUsage();
  const indexer = new ChangesetIndexer(limits, usage);
  const source = {
    size: tar.length,
    read: (target: Uint8Array, position: number) => {
      const part = tar.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
  };
  const onWarning: ChangesetIndexer['warn'] = (warning) => indexer.warn(warning);
  const walk = new TarWalk(source, { onWarning, ignoreGlobals: true, usesKernel });
  let batched = 0;
  try {
    for (;;) {
      const batch = walk.plainEntries();
      if (batch !== null && indexer.addBatch(batch)) {
        batched += batch.entries;
        continue;
      }
      if (batch !== null) walk.undoBatch();
      const entry = walk.next();
      if (entry === null) break;
      indexer.add(entry);
    }
  } finally {
    walk.close();
  }
  return { changeset: indexer.finish(), usage, batched };
}

/** Returns what a changeset says. Its names may lie in another order in memory. */
function saidBy(changeset: Changeset): unknown {
  const { names, nameStart, linkStart, dirNameStart, dirNameLength, asStored, ...rest } = changeset;
  const textAt = (start = Number.NaN, length = Number.NaN): string =>
    Buffer.from(names.subarray(start, start + length)).toString('latin1');
  return {
    ...rest,
    nameBytes: names.length,
    names: Array.from(nameStart, (start, i) => textAt(start, changeset.nameLength[i])),
    links: Array.from(linkStart, (start, i) => textAt(start, changeset.linkLength[i])),
    directories: Array.from(dirNameStart, (start, i) => textAt(start, dirNameLength[i])),
    asStored: [...asStored].map(([index, stored]) => ({
      ...stored,
      nameStart: textAt(stored.nameStart, stored.nameLength),
      index,
    })),
  };
}

function expectSame(tar: Uint8Array, limits?: Limits): number {
  const [one, many] = [read(tar, false, limits), read(tar, true, limits)];
  expect(saidBy(many.changeset)).toEqual(saidBy(one.changeset));
  expect(many.usage).toEqual(one.usage);
  expect(one.batched).toBe(0);
  return many.batched;
}

describe('addBatch', () => {
  it('makes the changeset that add makes, for random layers', () => {
    let [entries, batched] = [0, 0];
    fc.assert(
      fc.property(layerStack, (layers) => {
        for (const layer of layers) {
          batched += expectSame(buildTar(layer));
          entries += layer.length;
        }
      }),
      { numRuns: runs(200, 20_000) },
    );
    // The property has to cover both ways.
    expect(batched).toBeGreaterThan(entries / 20);
    expect(batched).toBeLessThan(entries);
  });

  const usual = [
    directory('usr/', { mode: 0o1777 }),
    file('usr/a', 'content', { uid: 1000, gid: 5, mtime: 1_600_000_000 }),
    file('usr/lib/deep/b', ''),
    symlink('usr/c', '../x'),
    link('usr/d', 'usr/a'),
    file('usr/e', 'more', { xattrs: new Map([['user.x', Buffer.from('y')]]) }),
    marker('usr/.wh.old'),
    file('usr/f', ''),
  ];

  it('makes the changeset that add makes, where ordinary entries and others follow each other', () => {
    expect(expectSame(buildTar(usual))).toBe(6);
  });

  it('makes the changeset that add makes, of more entries than a batch has', () => {
    const many = Array.from({ length: 5000 }, (_, i) => file(`d${i % 9}/e${i % 4}/f${i}`, ''));
    expect(expectSame(buildTar([...usual, ...many]))).toBe(5006);
  });

  it('leaves entries to add where the limits may have no room', () => {
    const tar = buildTar([file('a/b/c', ''), file('a/b/d', '')]);
    // Two entries, two directories and the root; the bytes of `a/b/` stand for the directories.
    expect(expectSame(tar, { ...DEFAULT_LIMITS, entries: 5 })).toBe(0);
    expect(expectSame(tar, { ...DEFAULT_LIMITS, entries: 7 })).toBe(2);
    expect(expectSame(tar, { ...DEFAULT_LIMITS, metadataBytes: 10 })).toBe(2);
  });

  it('fails as add fails where there are more entries than the limits allow', () => {
    const tar = buildTar(Array.from({ length: 700 }, (_, i) => file(`f${i}`, '')));
    const limits = { ...DEFAULT_LIMITS, entries: 400 };
    const failure = (usesKernel: boolean): unknown => {
      try {
        read(tar, usesKernel, limits);
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(failure(false)).toMatchObject({ code: 'ERR_LAYERS_LIMIT' });
    expect(failure(true)).toEqual(failure(false));
  });
});
