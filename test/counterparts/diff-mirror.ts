import type { ToldChange, ToldDiff } from './diff-command.ts';

/** Returns the comparison of B with A, from that of A with B. */
export function mirrored(told: ToldDiff): unknown {
  const { totals, layers, config, history, packages, files, findings } = told;
  return ordered({
    ...told,
    a: told.b,
    b: told.a,
    totals: totals && {
      ...totals,
      added: totals.removed,
      removed: totals.added,
      deltaBytes: 0 - totals.deltaBytes,
    },
    layers: layers && {
      ...layers,
      shared: layers.shared.map(sidesSwapped),
      sameTree: layers.sameTree.map(sidesSwapped),
      onlyInA: layers.onlyInB,
      onlyInB: layers.onlyInA,
    },
    config: config?.map(sidesSwapped) ?? null,
    history: history?.map(sidesSwapped) ?? null,
    packages: packages && {
      ...packages,
      databases: packages.databases.map(sidesSwapped),
      changes: packages.changes.map(sidesSwapped),
    },
    files: files?.map(fileMirrored) ?? null,
    findings: findings.map(sidesSwapped),
  });
}

/** Returns the document with its lists in an order that is the same in both directions. */
export function ordered(told: ToldDiff): unknown {
  const sorted = <T>(list: readonly T[]): T[] =>
    [...list].sort((x, y) => (canonical(x) < canonical(y) ? -1 : 1));
  return {
    ...told,
    layers: told.layers && {
      ...told.layers,
      shared: sorted(told.layers.shared),
      sameTree: sorted(told.layers.sameTree),
    },
    config: told.config && sorted(told.config),
    history: told.history && sorted(told.history),
    packages: told.packages && { ...told.packages, changes: sorted(told.packages.changes) },
    files: told.files && sorted(told.files.map(comparable)),
    findings: sorted(told.findings),
  };
}

const opposite = new Map([
  ['added', 'removed'],
  ['removed', 'added'],
  ['upgraded', 'downgraded'],
  ['downgraded', 'upgraded'],
]);

/** The names of fields that exist for each side. */
function otherSide(name: string): string {
  const [, start, side] = /^(.*)([AB])$/.exec(name) ?? [];
  if (start !== undefined) return start + (side === 'A' ? 'B' : 'A');
  return name === 'a' ? 'b' : name === 'b' ? 'a' : name;
}

function sidesSwapped<T extends object>(told: T): T;
function sidesSwapped(told: object): object {
  return Object.fromEntries(
    Object.entries(told).map(([name, value]) => {
      if (name === 'change') return [name, opposite.get(value) ?? value];
      if (name === 'side') return [name, value === 'a' ? 'b' : 'a'];
      if (name === 'place') return [name, sidesSwapped(value)];
      return [otherSide(name), value];
    }),
  );
}

/** Removes what depends on the direction: the layer that removed a path, and the order of hard links. */
function comparable({ linkedTo: _, ...told }: ToldChange): ToldChange {
  if (told.change !== 'removed') return told;
  const { layerB: _removedIn, ...rest } = told;
  return rest;
}

function fileMirrored(told: ToldChange): ToldChange {
  const swapped = sidesSwapped(comparable(told));
  // A change has the type of B. If A has another type, it is among A's values.
  if (told.change === 'changed' && told.a?.type !== undefined) swapped.type = told.a.type;
  if (told.change !== 'renamed' || told.from === undefined) return swapped;
  const { path, pathBase64, from, fromBase64, ...rest } = swapped;
  return {
    ...rest,
    path: told.from,
    ...(fromBase64 === undefined ? {} : { pathBase64: fromBase64 }),
    from: path,
    ...(pathBase64 === undefined ? {} : { fromBase64: pathBase64 }),
  };
}

/** Returns JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([x], [y]) => (x < y ? -1 : 1)))
      : held,
  );
}
