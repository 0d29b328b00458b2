import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalDigests } from '../../../src/image/contents/canonical-digests.ts';

const scratch = useScratch();

/** A file of runs of zeros and letters, divided into stored bytes and holes. */
const pieces = fc.array(
  fc.record({
    length: fc.constantFrom(1, 3, 511, 512, 4095, 4096, 4097, 9000),
    letter: fc.constantFrom(0, 0, 0x61),
    stored: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);
type Pieces = typeof pieces extends fc.Arbitrary<infer T> ? T : never;

function fileOf(path: string, parts: Pieces): { file: EntrySpec; bytes: Buffer } {
  const extents: [number, number][] = [];
  const stored: Buffer[] = [];
  let at = 0;
  for (const { length, letter, stored: keep } of parts) {
    if (keep || letter !== 0) {
      extents.push([at, length]);
      stored.push(Buffer.alloc(length, letter));
    }
    at += length;
  }
  const bytes = Buffer.concat(parts.map(({ length, letter }) => Buffer.alloc(length, letter)));
  return { file: { path, data: Buffer.concat(stored), sparse: { realSize: at, extents } }, bytes };
}

test('equal contents have the same digest, however they are stored', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom(null, 'gzip' as const), async (parts, compression) => {
      const { file, bytes } = fileOf('sparse', parts);
      const other = Buffer.from(bytes);
      other[other.length >> 1] = 0x62;
      const files: EntrySpec[] = [
        file,
        { path: 'whole', data: bytes },
        { path: 'other', data: other },
        { path: 'longer', data: Buffer.concat([bytes, Buffer.alloc(1)]) },
      ];
      const archive = buildDockerArchive(
        { images: [{ tags: [], layers: [buildTar(files)] }] },
        { form: 'oci', compression },
      );
      const image = await readOne({ path: scratch.file(archive, 'archive') });
      const places = files.map((_, entry) => ({ layer: 0, entry }));
      const [sparse, whole, changed, longer] = await canonicalDigests(image, places);
      expect(sparse).toBe(whole);
      expect(new Set([whole, changed, longer]).size).toBe(3);
    }),
    { numRuns: runs(150, 5000) },
  );
});
