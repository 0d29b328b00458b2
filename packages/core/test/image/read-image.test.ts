import { randomBytes } from 'node:crypto';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';
import { selectImage } from '../../src/image/describe/select-image.ts';
import { openArchive } from '../../src/image/open-archive.ts';
import { type ReadImage, readImage } from '../../src/image/read-image.ts';

const scratch = useScratch();

test.each([0, 2])(
  'tells which lower layers are read, while others are not, with %d threads',
  async (threads) => {
    // The last is larger than what threads are worth, so that it is read at another time than the others.
    const files = [10, 20, 30, 5_000_000].map((bytes, i) => [{ path: `${i}`, data: randomBytes(bytes) }]);
    const path = scratch.file(ociArchive(files, { stored: ['raw', 'gzip', 'raw', 'gzip'] }));
    const archive = await openArchive({ path });
    const parts: ReadImage[] = [];
    const image = await readImage(archive, selectImage(archive, {}), {
      threads,
      onLayers: (part) => parts.push(part),
    });
    const counts = parts.map((part) => part.layers.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(counts.length);
    expect(Math.max(...counts)).toBeLessThan(4);
    expect(counts.length).toBeGreaterThan(0);
    for (const part of parts) {
      expect(part.layers).toEqual(image.layers.slice(0, part.layers.length));
      expect(
        part.layers.every(({ index }, i) => index?.changeset === image.layers[i]?.index?.changeset),
      ).toBe(true);
      expect(part.description.upToLayer).toBe(part.layers.length - 1);
    }
  },
);
