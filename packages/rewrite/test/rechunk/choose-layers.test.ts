import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLayers, type KnownComponents } from '../../src/rechunk/choose-layers.ts';
import { type ComponentKind, ComponentTable } from '../../src/rechunk/component-table.ts';
import { layersOfGroups } from '../../src/rechunk/layer-groups.ts';

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly changes?: number;
  readonly kind?: ComponentKind;
  readonly group?: number;
  /** Its layer in the newest earlier version. */
  readonly earlier?: number;
  /** Whether that layer was the uppermost of its group. */
  readonly closing?: boolean;
}

const MB = 1_000_000;

function known(parts: readonly Part[], steps: number, lastUpdate: number | null = null): KnownComponents {
  const table = new ComponentTable();
  for (const { name, kind = 'system', group } of parts) table.idOf({ name, kind }, group);
  const groupChanges: number[] = [];
  for (const { group = 0, changes = 0 } of parts) groupChanges[group] = (groupChanges[group] ?? 0) | changes;
  const layers = parts.flatMap(({ earlier }, id): [number, number][] =>
    earlier === undefined ? [] : [[id, earlier]],
  );
  const closing = new Set(parts.flatMap((part) => (part.closing === true ? [part.earlier ?? -1] : [])));
  return {
    table,
    groups: 1 + Math.max(...parts.map(({ group = 0 }) => group)),
    groupChanges,
    steps,
    bytes: Float64Array.from(parts, ({ bytes }) => bytes),
    changes: Uint32Array.from(parts, ({ changes = 0 }) => changes),
    earlier: lastUpdate === null ? null : { layerOf: new Map(layers), closing, lastUpdate },
  };
}

interface NamedLayer {
  readonly group: number;
  readonly closes: boolean;
  readonly names: readonly string[];
}

/** Returns all layers, the uppermost last, also those without components, which can have times of directories. */
function layersOf(components: KnownComponents, most: number): NamedLayer[] {
  const { groups } = chooseLayers(components, most);
  const clusters = groups.flatMap(({ layers, closing }) => [...layers, closing]);
  return clusters.map(({ group, closes, ids }) => ({
    group,
    closes,
    names: ids.map((id) => components.table.get(id).name).sort(),
  }));
}

/** Returns the names in each layer with components, the uppermost last. */
function chosen(components: KnownComponents, most: number): string[] {
  return layersOf(components, most).flatMap(({ names }) => (names.length === 0 ? [] : [names.join(' ')]));
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
    expect(chosen(known(parts, 4), 2)).toEqual(['large', 'medium small']);
  });

  it('are not made for single tiny components, even where more are allowed', () => {
    const tiny = Array.from({ length: 9 }, (_, i) => ({ name: `t${i}`, bytes: 2000 }));
    const layers = chosen(known([{ name: 'large', bytes: MB }, ...tiny], 0), 64);
    expect(layers).toEqual(['large', tiny.map(({ name }) => name).join(' ')]);
    const many = Array.from({ length: 400 }, (_, i) => ({ name: `m${i}`, bytes: 2000 }));
    expect(chosen(known(many, 0), 64)).toHaveLength(4);
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
    const after = chosen(known([...parts.slice(0, 199), { name: 'other', bytes: 9000 }], 0), 16);
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
    expect(chosen(known(parts, 1, 0b1), 2)).toEqual(['kept', 'fetched new']);
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

describe('the layers of several groups', () => {
  const base = [
    { name: 'libc', bytes: 10 * MB, group: 0, earlier: 0 },
    { name: 'perl', bytes: 5 * MB, group: 0, earlier: 1 },
    { name: 'status', bytes: 1000, group: 0, kind: 'volatile' as const },
  ];

  it('never have components of two groups', () => {
    const parts = [...'abcdefgh'].map((name, i) => ({ name, bytes: (8 - i) * MB, group: i & 1 }));
    for (const steps of [0, 3])
      for (const names of chosen(known(parts, steps), 4))
        expect(new Set(names.split(' ').map((name) => 'abcdefgh'.indexOf(name) & 1)).size).toBe(1);
  });

  it('have a single one for a group below a mebibyte', () => {
    const code = ['main', 'lib'].map((name) => ({ name, bytes: 1000, group: 1, kind: 'files' as const }));
    expect(chosen(known([...base, ...code], 0), 64)).toEqual(['libc', 'perl', 'status', 'lib main']);
  });

  it('leave a group that did not change, even where no more layers are allowed', () => {
    const parts = [
      ...base,
      { name: 'numpy', bytes: 40 * MB, group: 1, earlier: 2, kind: 'language' as const },
      { name: 'new', bytes: 3 * MB, group: 1, changes: 0b1, kind: 'language' as const },
    ];
    expect(chosen(known(parts, 1, 0b1), 4)).toEqual(['libc', 'perl', 'status', 'new numpy']);
  });

  it('stay with an update for all groups that it does not change', () => {
    const kind = fc.constantFrom<ComponentKind>('system', 'language', 'files', 'compiled', 'volatile');
    const component = fc.record({
      kind,
      bytes: fc.constantFrom(1000, 100_000, 3 * MB, 40 * MB),
      group: fc.nat(3),
    });
    const update = fc.record({
      groups: fc.subarray([0, 1, 2, 3]),
      changed: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    });
    let kept = 0;
    fc.assert(
      fc.property(
        fc.array(component, { minLength: 4, maxLength: 40 }),
        fc.array(update, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(8, 16, 64),
        (components, updates, most) => {
          // Each group has something, so that the number of groups is that of the image.
          const parts = components.map((each, i) => ({
            ...each,
            name: `c${i}`,
            group: i < 4 ? i : each.group,
          }));
          let layers = layersOf(known(parts, 0), most);
          const changes = parts.map(() => 0);
          for (const [step, { groups, changed }] of updates.entries()) {
            const lastUpdate = 1 << step;
            for (const [i, { group }] of parts.entries())
              if (groups.includes(group) && changed[i] === true) changes[i] = (changes[i] ?? 0) | lastUpdate;
            const earlier = parts.map(({ name, kind }) => {
              const at = layers.findIndex(({ names }) => names.includes(name));
              return kind === 'volatile' ? {} : { earlier: at, closing: layers[at]?.closes === true };
            });
            const now = parts.map((part, i) => ({ ...part, ...earlier[i], changes: changes[i] ?? 0 }));
            const next = layersOf(known(now, step + 1, lastUpdate), most);
            expect(next.filter(({ names }) => names.length > 0).length).toBeLessThanOrEqual(most);
            expect(next.flatMap(({ names }) => names).sort()).toEqual(parts.map(({ name }) => name).sort());
            for (const group of [0, 1, 2, 3]) {
              if (now.some((part) => part.group === group && (part.changes & lastUpdate) !== 0)) continue;
              const of = (all: typeof layers) =>
                all.filter((layer) => layer.group === group).map(({ names }) => names);
              expect(of(next)).toEqual(of(layers));
              kept++;
            }
            layers = next;
          }
        },
      ),
      { numRuns: runs(100, 20_000) },
    );
    expect(kept).toBeGreaterThan(0);
  });
});

describe('the number of layers of a group', () => {
  const size = (bytes: number, components: number, isOfLanguages = false) => ({
    bytes,
    components,
    isOfLanguages,
  });

  it('is one for a small group, and larger for larger ones and for languages', () => {
    const groups = [size(50 * MB, 40), size(200 * MB, 40), size(400 * MB, 50, true), size(MB / 2, 3)];
    const counts = layersOfGroups(groups, 64);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(64);
    const [base = 0, apt = 0, pip = 0, code] = counts;
    expect([base < apt, apt < pip, code]).toEqual([true, true, 1]);
  });

  it('is never more than its components can use', () => {
    expect(layersOfGroups([size(900 * MB, 1), size(4 * MB, 60)], 64)[0]).toBe(5);
  });

  it('is the same if another group grows a little', () => {
    const before = layersOfGroups([size(50 * MB, 40), size(200 * MB, 40)], 64);
    expect(layersOfGroups([size(50 * MB, 40), size(230 * MB, 44)], 64)).toEqual(before);
  });
});
