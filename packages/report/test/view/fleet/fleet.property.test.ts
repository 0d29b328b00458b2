import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFleet, encodeFleet } from '../../../src/data/index.ts';
import { Fleet } from '../../../src/view/fleet/fleet.ts';
import { fleetLink, readFleetLink } from '../../../src/view/fleet/fleet-link.ts';
import { fleetTables } from '../../../src/view/fleet/fleet-tables.ts';
import { matrixOf } from '../../../src/view/fleet/matrix.ts';
import { largestPairs, sharedBetween } from '../../../src/view/fleet/sharing.ts';
import { bytesOfAll, factsOf, type MadeImage, madeImages, onlyIn, sum } from './made-fleet.ts';

/** The images in the order of a fleet. */
function inOrder(fleet: Fleet, images: readonly MadeImage[]): MadeImage[] {
  return fleet.facts.images.flatMap(({ digest }) => images[Number(digest.slice('sha256:'.length))] ?? []);
}

const common = (a: MadeImage, b: MadeImage): number =>
  bytesOfAll(a.layers.filter((layer) => b.layers.includes(layer)));

test('the bytes of a report survive encoding', () => {
  fc.assert(
    fc.property(madeImages, (images) => {
      const facts = factsOf(images);
      expect(decodeFleet(encodeFleet(facts))).toEqual(facts);
    }),
    { numRuns: 50 },
  );
});

test('what deletion frees, and what images share, is that of comparing everything with everything', () => {
  fc.assert(
    fc.property(madeImages, fc.array(fc.nat(6)), (images, chosen) => {
      const fleet = new Fleet(factsOf(images));
      const ordered = inOrder(fleet, images);
      const some = chosen.filter((image) => image < ordered.length);
      const gone = onlyIn(
        ordered,
        ordered.filter((_, i) => some.includes(i)),
      );
      expect(fleet.freedBy(some)).toEqual({ bytes: bytesOfAll(gone), layers: gone.length });
      const pairs = ordered.flatMap((a, i) =>
        ordered.flatMap((b, j) => (i < j && common(a, b) > 0 ? [`${i} ${j} ${common(a, b)}`] : [])),
      );
      const { pairs: found, total } = largestPairs(fleet, 1000);
      expect(found.map(({ a, b, bytes }) => `${a} ${b} ${bytes}`).sort()).toEqual(pairs.sort());
      expect(total).toBe(pairs.length);
      const few = largestPairs(fleet, 2).pairs.map(({ bytes }) => bytes);
      expect(few).toEqual(
        found
          .map(({ bytes }) => bytes)
          .sort((a, b) => b - a)
          .slice(0, 2),
      );
    }),
    { numRuns: 100 },
  );
});

test('a matrix has each image once, with what each two share', () => {
  fc.assert(
    fc.property(madeImages, (images) => {
      const fleet = new Fleet(factsOf(images));
      const ordered = inOrder(fleet, images);
      const { rows, sharing } = matrixOf(fleet, 'images');
      const positions = rows.map(({ path }) => fleet.tree.pathOfImage.indexOf(path));
      expect([...positions].sort()).toEqual(ordered.map((_, i) => i));
      for (const [row, a] of positions.entries())
        for (const [column, b] of positions.entries()) {
          const [first, second] = [ordered[a], ordered[b]];
          if (first === undefined || second === undefined) throw new Error('no image');
          expect(sharedBetween(sharing, row, column)).toBe(common(first, second));
        }
    }),
    { numRuns: 50 },
  );
});

test('the areas add up to all images whole, and to each layer once; each cell has an address', () => {
  fc.assert(
    fc.property(madeImages, (images) => {
      const fleet = new Fleet(factsOf(images));
      const totalOf = (sizing: 'once' | 'in each image'): number => {
        const set = fleet.setOf(sizing);
        return set.bytesBetween(0, set.items.length);
      };
      expect(totalOf('in each image')).toBe(sum(images.map(({ layers }) => bytesOfAll(layers))));
      expect(totalOf('once')).toBeCloseTo(bytesOfAll(images.flatMap(({ layers }) => layers)), 6);
      const { whole } = fleet.tree;
      const shown = readFleetLink('');
      for (let path = 0; path < whole.columns.paths; path++) {
        const names = whole.namesOf(path);
        expect(whole.find(readFleetLink(fleetLink({ ...shown, names })).names)).toBe(path);
      }
    }),
    { numRuns: 50 },
  );
});

test('a repository frees what is in its images alone, of those that have no tag elsewhere', () => {
  fc.assert(
    fc.property(madeImages, (images) => {
      const fleet = new Fleet(factsOf(images));
      for (const { name, deletable, hasTags } of fleet.repositories) {
        if (!hasTags) continue;
        const gone = images.filter(
          ({ tags }) => tags.length > 0 && tags.every((tag) => tag.slice(0, tag.lastIndexOf(':')) === name),
        );
        expect(fleet.freedBy(deletable).bytes).toBe(bytesOfAll(onlyIn(images, gone)));
      }
      expect(fleet.repositories.flatMap(({ images: shown }) => shown).sort()).toEqual([
        ...fleet.facts.images.keys(),
      ]);
      const table = fleetTables(fleet).find(({ id }) => id === 'images');
      expect(table?.rows).toHaveLength(images.length);
    }),
    { numRuns: 100 },
  );
});
