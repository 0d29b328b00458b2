import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, type Stats } from 'node:fs';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import type { EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { contentOf, createOverlay, createScratch, type Overlay } from './overlay-mounts.ts';
import { treeOf, unite } from './union-helpers.ts';

/** Returns a directory for mounts, or null with a message where mounting is not permitted. */
function createMountScratch(): ReturnType<typeof createScratch> | null {
  try {
    const scratch = createScratch();
    try {
      createOverlay(scratch.folder).remove();
      return scratch;
    } catch (error) {
      scratch.remove();
      throw error;
    }
  } catch {
    return null;
  }
}

const scratch = createMountScratch();
afterAll(() => scratch?.remove());

describe("the kernel's overlay", needsThat(scratch !== null, 'no overlay can be mounted here'), () => {
  test('shows the same tree as the union, for random layers', () => {
    fc.assert(
      fc.property(layerStack, (layers) => {
        const overlay = createOverlay(scratch?.folder ?? '');
        try {
          const placed = layers.map((entries) => overlay.add(entries));
          expect(linesOfUnion(placed)).toEqual(linesOfKernel(overlay));
        } finally {
          overlay.remove();
        }
      }),
      { numRuns: runs(40, 2000) },
    );
  }, 600_000);
});

/** Each line of a hard link names the first path with the same inode. */
function linesOfKernel(overlay: Overlay): string[] {
  const lines: string[] = [];
  const first = new Map<number, string>();
  overlay.visit((path, stat, file) => {
    if (!first.has(stat.ino)) first.set(stat.ino, path);
    const type = typeOf(stat);
    lines.push(
      line({
        path,
        type,
        attributes: `${(stat.mode & 0o7777).toString(8)} ${stat.uid} ${stat.gid}`,
        same: type === 'directory' ? path : (first.get(stat.ino) ?? ''),
        content: type === 'file' ? sumOf(readFileSync(file)) : '',
        linkTarget: type === 'symlink' ? readlinkSync(file, { encoding: 'buffer' }).toString('latin1') : '',
        device: type === 'char' || type === 'block' ? `${stat.rdev >> 8}:${stat.rdev & 0xff}` : '',
      }),
    );
  });
  return lines;
}

function linesOfUnion(layers: readonly (readonly EntrySpec[])[]): string[] {
  const tree = [...treeOf(unite(layers))].sort(([a], [b]) => (inOrder(a) < inOrder(b) ? -1 : 1));
  const first = new Map<string, string>();
  return tree.map(([path, { type, attributes, linkTarget, device, from }]) => {
    if (!first.has(from)) first.set(from, path);
    const [layer = -1, entry = -1] = from.split(':').map(Number);
    const spec = layers[layer]?.[entry];
    const same = type === 'directory' ? path : (first.get(from) ?? '');
    const content = type === 'file' && spec !== undefined ? sumOf(contentOf(spec)) : '';
    const withoutTime = attributes.split(' ').slice(0, 3).join(' ');
    return line({ path, type, attributes: withoutTime, same, content, linkTarget, device });
  });
}

interface Line {
  readonly path: string;
  readonly type: string;
  readonly attributes: string;
  readonly same: string;
  readonly content: string;
  readonly linkTarget: string;
  readonly device: string;
}

/** Linux stores no mode of a symlink. */
function line({ type, attributes, ...rest }: Line): string {
  const shown = type === 'symlink' ? attributes.replace(/^\S+/, '777') : attributes;
  return JSON.stringify({ ...rest, type, attributes: shown });
}

/** A sort key that puts a directory before its children, and these before its siblings. */
const inOrder = (path: string): string => path.replaceAll('/', '\0');
const sumOf = (bytes: Uint8Array): string =>
  `${bytes.length} ${createHash('sha1').update(bytes).digest('hex')}`;

function typeOf(stat: Stats): string {
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isCharacterDevice()) return 'char';
  return stat.isBlockDevice() ? 'block' : 'file';
}
