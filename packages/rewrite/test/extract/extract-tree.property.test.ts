import { readFileSync, rmSync } from 'node:fs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { naiveUnion } from '@layers/testing/naive-union';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { readDisk } from './support/disk-tree.ts';
import { extracted, notDoneCounts } from './support/extracted.ts';

// A process for each file with extended attributes takes long. Other tests set them.
vi.mock('../../src/extract/xattr-writer.ts', () => ({
  createXattrWriter: () => ({
    set: (_: number, xattrs: ReadonlyMap<string, Uint8Array>) => ({ xattrs, why: 'not here' }),
  }),
}));

const scratch = useScratch();
const isRoot = process.geteuid?.() === 0;

test(
  'the extracted tree is that of a naive model, with contents, attributes and hard links',
  needsThat(isRoot, 'owners and devices need root'),
  async () => {
    const compression = fc.constantFrom(null, 'gzip' as const);
    await fc.assert(
      fc.asyncProperty(layerStack, compression, async (layers, kind) => {
        const { tree } = naiveUnion(layers);
        const { directory, report } = await extracted(scratch, layers, { compression: kind });
        const disk = readDisk(directory);
        expect([...disk.keys()].sort()).toEqual([...tree.keys()].sort());
        const inodes = new Map<unknown, string>();
        let xattrs = 0;
        let clamped = 0;
        for (const [path, inode] of tree) {
          const file = disk.get(path);
          if (file === undefined) throw new Error(`${path} is missing`);
          const isNew = !inodes.has(inode);
          expect(file.type).toBe(inode.type);
          expect(file.inode, `the inode of ${path}`).toBe(inodes.get(inode) ?? file.inode);
          inodes.set(inode, file.inode);
          if (isNew && inode.xattrs !== '') xattrs++;
          if (path === '' && inode.from === null) continue;
          const { mode, uid, gid } = file;
          if (inode.type !== 'symlink') expect(mode, path).toBe(inode.mode & 0o7777);
          expect({ uid, gid }).toEqual({ uid: inode.uid, gid: inode.gid });
          const expected = BigInt(inode.mtime) * 1_000_000_000n + BigInt(inode.mtimeNs);
          if (microseconds(file.mtimeNs) !== microseconds(expected)) {
            expect(inode.mtime, 'a time that the file system cannot store').toBeGreaterThan(2 ** 33);
            if (isNew) clamped++;
          }
          if (inode.device !== '') expect(file.device).toBe(inode.device);
          if (inode.type === 'symlink') expect(file.target).toBe(inode.linkTarget);
          if (inode.type === 'file') {
            expect(readFileSync(Buffer.from(`${directory}${path}`, 'latin1'))).toEqual(
              contentOf(layers, inode.from),
            );
          }
        }
        expect(new Set(inodes.values()).size, 'no two inodes are merged').toBe(inodes.size);
        expect({ xattr: 0, mtime: 0, ...notDoneCounts(report) }).toEqual({ xattr: xattrs, mtime: clamped });
        rmSync(directory, { recursive: true });
      }),
      { numRuns: runs(60, 800) },
    );
  },
);

const microseconds = (nanoseconds: bigint): bigint => nanoseconds / 1000n;

function contentOf(
  layers: readonly (readonly EntrySpec[])[],
  from: { readonly layer: number; readonly entry: number } | null,
): Buffer {
  const entry = layers[from?.layer ?? -1]?.[from?.entry ?? -1];
  const data = Buffer.from(entry?.data ?? []);
  if (entry?.sparse === undefined) return data;
  const content = Buffer.alloc(entry.sparse.realSize);
  let at = 0;
  for (const [offset, bytes] of entry.sparse.extents) {
    data.copy(content, offset, at, at + bytes);
    at += bytes;
  }
  return content;
}
