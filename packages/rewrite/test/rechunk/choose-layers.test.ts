import { describe, expect, it } from 'vitest';
import { chooseLayers, type KnownComponents } from '../../src/rechunk/choose-layers.ts';
import { type ComponentKind, ComponentTable } from '../../src/rechunk/component-table.ts';

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly changes?: number;
  readonly kind?: ComponentKind;
  /** Its layer in the newest earlier version. */
  readonly earlier?: number;
}

const MB = 1_000_000;

function known(parts: readonly Part[], steps: number, lastUpdate: number | null = null): KnownComponents {
  const table = new ComponentTable();
  for (const { name, kind = 'system' } of parts) table.idOf({ name, kind });
  const layers = parts.flatMap(({ earlier }, id): [number, number][] =>
    earlier === undefined ? [] : [[id, earlier]],
  );
  return {
    table,
    steps,
    bytes: Float64Array.from(parts, ({ bytes }) => bytes),
    changes: Uint32Array.from(parts, ({ changes = 0 }) => changes),
    earlier: lastUpdate === null ? null : { layerOf: new Map(layers), lastUpdate },
  };
}

/** Returns the names in each layer, the uppermost last. */
function chosen(components: KnownComponents, most: number): string[] {
  const { layers, last } = chooseLayers(components, most);
  return [...layers, ...(last === null ? [] : [last])].map(({ ids }) =>
    ids
      .map((id) => components.table.get(id).name)
      .sort()
      .join(' '),
  );
}

describe('the layers of components', () => {
  it('join what changed together, and have what changes least first', () => {
    const parts = [
      { name: 'a', bytes: MB, changes: 0b011 },
      { name: 'b', bytes: MB, changes: 0b100 },
      { name: 'c', bytes: MB, changes: 0b011 },
      { name: 'd', bytes: MB },
      { name: 'e', bytes: MB, changes: 0b100 },
      { name: 'status', bytes: 100, changes: 0b111, kind: 'volatile' as const },
    ];
    expect(chosen(known(parts, 3), 4)).toEqual(['d', 'b e', 'a c', 'status']);
    expect(chosen(known([...parts].reverse(), 3), 4)).toEqual(['d', 'b e', 'a c', 'status']);
  });

  it('do not burden a large component with a small one that changes often', () => {
    const parts = [
      { name: 'large', bytes: 100 * MB },
      { name: 'medium', bytes: MB, changes: 0b1 },
      { name: 'small', bytes: 50_000, changes: 0b1111 },
    ];
    expect(chosen(known(parts, 4), 3)).toEqual(['large', 'medium small']);
  });

  it('are one layer where only one is allowed', () => {
    const parts = [
      { name: 'a', bytes: MB },
      { name: 'status', bytes: 100, kind: 'volatile' as const },
    ];
    expect(chosen(known(parts, 0), 1)).toEqual(['a status']);
  });

  it.each([0, 3])('are few for many components, with %i known updates', (steps) => {
    const parts = Array.from({ length: 3000 }, (_, i) => ({
      name: `p${i}`,
      bytes: 1000 + ((i * 7919) % 100_000),
      changes: steps === 0 ? 0 : i % 8,
    }));
    const layers = chosen(known(parts, steps), 16);
    expect(layers.length).toBeLessThanOrEqual(16);
    expect(layers.flatMap((names) => names.split(' ')).sort()).toEqual(parts.map(({ name }) => name).sort());
  });

  it('have a component in the same layer without earlier versions, whatever else the image has', () => {
    const parts = Array.from({ length: 200 }, (_, i) => ({ name: `p${i}`, bytes: 10_000 }));
    const before = chosen(known(parts, 0), 16);
    const after = chosen(known([...parts.slice(0, 199), { name: 'other', bytes: 12_000 }], 0), 16);
    expect(after.filter((names) => before.includes(names)).length).toBeGreaterThanOrEqual(before.length - 2);
  });
});

describe('the layers of an image whose earlier version was distributed', () => {
  it('stay as they are, and a new component gets a layer of its own', () => {
    const parts = [
      { name: 'a', bytes: MB, earlier: 1 },
      { name: 'b', bytes: MB, earlier: 0, changes: 0b1 },
      { name: 'c', bytes: MB, earlier: 1 },
      { name: 'new', bytes: MB, changes: 0b1 },
    ];
    expect(chosen(known(parts, 1, 0b1), 8)).toEqual(['a c', 'b', 'new']);
  });

  it('get a new component where it costs least if no more layers are allowed', () => {
    const parts = [
      { name: 'fetched', bytes: MB, earlier: 0, changes: 0b1 },
      { name: 'kept', bytes: MB, earlier: 1 },
      { name: 'new', bytes: 10_000, changes: 0b1 },
    ];
    expect(chosen(known(parts, 1, 0b1), 3)).toEqual(['kept', 'fetched new']);
  });

  it('are distributed anew where they must be transferred anyway', () => {
    const parts = [
      { name: 'a', bytes: MB, earlier: 0, changes: 0b1 },
      { name: 'b', bytes: MB, earlier: 0 },
      { name: 'c', bytes: MB, earlier: 1 },
      { name: 'd', bytes: MB, earlier: 1 },
    ];
    expect(chosen(known(parts, 1, 0b1), 8)).toEqual(['c d', 'b', 'a']);
  });

  it('lose what was removed, and then count as changed', () => {
    const parts = [
      { name: 'a', bytes: MB, earlier: 0 },
      { name: 'b', bytes: MB, earlier: 0 },
      { name: 'gone', bytes: 0, earlier: 0, changes: 0b1 },
    ];
    expect(chosen(known(parts, 1, 0b1), 8)).toEqual(['a', 'b']);
  });

  it('are planned anew where that pays within a few updates', () => {
    const parts = [
      { name: 'often', bytes: 10_000, earlier: 0, changes: 0b1111 },
      { name: 'never', bytes: 100 * MB, earlier: 0 },
    ];
    expect(chosen(known(parts, 4, 0b1000), 8)).toEqual(['never', 'often']);
  });
});
