import { describe, expect, it } from 'vitest';
import { cellOf, partsOf } from '../../../src/view/cell.ts';
import { Fleet } from '../../../src/view/fleet/fleet.ts';
import { fleetColours } from '../../../src/view/fleet/fleet-colours.ts';
import { searchFleet } from '../../../src/view/fleet/fleet-names.ts';
import { deletionStory, fleetFigures, sharingStory } from '../../../src/view/fleet/fleet-story.ts';
import { MOST_MATRIX_ROWS, matrixOf, shadeOf } from '../../../src/view/fleet/matrix.ts';
import { matrixGeometry } from '../../../src/view/fleet/matrix-geometry.ts';
import { similarityOrder } from '../../../src/view/fleet/similarity-order.ts';
import { layoutTreemap } from '../../../src/view/treemap.ts';
import { factsOf } from './made-fleet.ts';

/** Layers 0 to 6 have 100, 70, 55, 31, 13, 5 and no bytes. Image n is created n days later. */
const fleet = new Fleet(
  factsOf([
    { tags: ['hub/app:1'], layers: [0, 2, 3] },
    { tags: ['hub/app:2'], layers: [0, 2, 4] },
    { tags: ['hub/web:1'], layers: [0, 5] },
    { tags: ['hub/alone:1'], layers: [1] },
  ]),
);
const textOf = ({ text }: { readonly text: string }): string => text;

describe('a fleet', () => {
  it('begins with its sums', () => {
    expect(fleetFigures(fleet).map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'images: 4',
      'stored: 274 B',
      'without sharing: 529 B',
      'saved by sharing, 48.2 %: 255 B',
      'layers: 6',
      'wasted in images: 0 B',
    ]);
  });

  it('says what to delete', () => {
    expect(deletionStory(fleet).map(textOf)).toEqual([
      'Of all images, deleting hub/alone:1 frees most: 70 B of its 70 B.',
      'Of all repositories, deleting hub/app frees most: 99 B, with 2 images.',
      'Deleting all but the newest image of each repository, 1 image, frees 31 B, 11 %.',
    ]);
  });

  it('says what is shared', () => {
    expect(sharingStory(fleet).map(textOf)).toEqual([
      'hub/app:1 and hub/app:2 share most: 155 B of 186 B and 168 B.',
      'One layer of 100 B is in 3 images',
    ]);
    const apart = new Fleet(
      factsOf([
        { tags: ['a:1'], layers: [0] },
        { tags: ['b:1'], layers: [1] },
      ]),
    );
    expect(sharingStory(apart).map(textOf)).toEqual(['No two images share a layer.']);
    const same = new Fleet(
      factsOf([
        { tags: ['a:1'], layers: [0] },
        { tags: ['b:1'], layers: [0] },
      ]),
    );
    expect(deletionStory(same).map(textOf)[0]).toMatch(/^Deleting a single image frees nothing/);
  });

  it('shows names without the registry that all have', () => {
    expect(['hub/app', 'elsewhere/x'].map((name) => fleet.shortName(name))).toEqual(['app', 'elsewhere/x']);
    expect(new Fleet(factsOf([{ tags: ['hub/app:1'], layers: [0] }])).prefix).toBe('');
  });

  it('finds images by a part of their names, and layers by the start of their digests', () => {
    const { whole, pathOfImage, pathOfLayer } = fleet.tree;
    const web = fleet.facts.images.findIndex(({ name }) => name === 'hub/web:1');
    expect(searchFleet(whole, fleet, 'WEB:', 10)).toEqual([pathOfImage[web]]);
    expect(searchFleet(whole, fleet, 'sha256:abcdef1', 10)).toEqual([pathOfLayer[1]]);
    expect(searchFleet(whole, fleet, 'app', 2)).toHaveLength(2);
    expect(searchFleet(whole, fleet, ' ', 10)).toEqual([]);
  });

  it('colours layers of one image, of one repository, and others', () => {
    const { whole } = fleet.tree;
    const placed = layoutTreemap(partsOf(cellOf(fleet.setOf('in each image'), 0)), {
      x: 0,
      y: 0,
      width: 900,
      height: 600,
    });
    const colourOf = fleetColours(fleet, whole, 'sharing');
    const colours = new Map(
      placed
        .filter(({ isLast }) => isLast)
        .map((box) => {
          const place = whole.placeOf(box.cell.path);
          return [place.kind === 'layer' ? place.layer : -1, colourOf(box)];
        }),
    );
    expect(Object.fromEntries(colours)).toEqual({
      0: '--cell-plain',
      1: '--cell-wasted',
      2: '--cell-changed',
      3: '--cell-wasted',
      4: '--cell-wasted',
      5: '--cell-wasted',
    });
    const bases = fleetColours(fleet, whole, 'base');
    expect(new Set(placed.filter(({ isLast }) => isLast).map(bases)).size).toBe(2);
  });
});

describe('a matrix', () => {
  it('has the largest where there are too many, and says how many it leaves out', () => {
    const many = Array.from({ length: MOST_MATRIX_ROWS + 5 }, (_, i) => ({
      tags: [`app:${i}`],
      layers: i < 5 ? [5] : [0],
    }));
    const large = new Fleet(factsOf(many));
    const matrix = matrixOf(large, 'images');
    expect([matrix.rows.length, matrix.leftOut]).toEqual([MOST_MATRIX_ROWS, 5]);
    expect(matrix.rows.map(({ name }) => Number(name.split(':')[1])).some((i) => i < 5)).toBe(false);
  });

  it('is of repositories, or of the images of one', () => {
    const { rows, sharing } = matrixOf(fleet, 'repositories');
    expect(rows.map(({ name }) => name).sort()).toEqual(['alone', 'app', 'web']);
    const app = rows.findIndex(({ name }) => name === 'app');
    expect(sharing.bytes[app * 3 + app]).toBe(199);
    const inApp = fleet.repositories.findIndex(({ name }) => name === 'hub/app');
    expect(
      matrixOf(fleet, 'images', inApp)
        .rows.map(({ name }) => name)
        .sort(),
    ).toEqual(['app:1', 'app:2']);
  });

  it('is darker where two share more, and empty where they share nothing', () => {
    const matrix = matrixOf(fleet, 'images');
    const at = (name: string): number => matrix.rows.findIndex((row) => row.name === name);
    const shade = (a: string, b: string, by: 'bytes' | 'part') => shadeOf(matrix, at(a), at(b), by);
    expect(shade('app:1', 'app:2', 'bytes')).toBe(1);
    expect(shade('app:1', 'alone:1', 'bytes')).toBe(0);
    expect(shade('app:1', 'web:1', 'bytes')).toBeCloseTo(0.1 + (0.9 * 100) / 155);
    expect(shade('app:1', 'web:1', 'part')).toBeCloseTo(0.1 + (0.9 * 100) / 105);
  });

  it('has cells that can be pointed at, in any width', () => {
    expect(matrixGeometry(60, 336).cell).toBeGreaterThanOrEqual(11);
    const { label, cell, width } = matrixGeometry(10, 1200);
    expect(width).toBe(label + 10 * cell);
    expect(width).toBeLessThanOrEqual(1200);
  });
});

describe('the order of a matrix', () => {
  it('puts families together', () => {
    // Even and odd ones are families; 0 and 2 are closest.
    const similarity = (a: number, b: number): number => (a + b === 2 ? 1 : (a + b) % 2 === 0 ? 0.5 : 0);
    const order = similarityOrder(6, similarity);
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const families = order.map((i) => i % 2).join('');
    expect(['000111', '111000']).toContain(families);
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
    expect(similarityOrder(0, () => 0)).toEqual([]);
  });
});
