import type { ReportedChange, ReportedDiff } from './diff-command.ts';

/** Returns the comparison of B with A, from that of A with B. */
export function mirrored(reported: ReportedDiff): unknown {
  const { totals, layers, config, history, packages, files, findings } = reported;
  return ordered({
    ...reported,
    a: reported.b,
    b: reported.a,
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
export function ordered(reported: ReportedDiff): unknown {
  const sorted = <T>(list: readonly T[]): T[] =>
    [...list].sort((x, y) => (canonical(x) < canonical(y) ? -1 : 1));
  return {
    ...reported,
    layers: reported.layers && {
      ...reported.layers,
      shared: sorted(reported.layers.shared),
      sameTree: sorted(reported.layers.sameTree),
    },
    config: reported.config && sorted(reported.config),
    history: reported.history && sorted(reported.history),
    packages: reported.packages && { ...reported.packages, changes: sorted(reported.packages.changes) },
    files: reported.files && sorted(reported.files.map(comparable)),
    findings: sorted(reported.findings),
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

function sidesSwapped<T extends object>(reported: T): T;
function sidesSwapped(reported: object): object {
  return Object.fromEntries(
    Object.entries(reported).map(([name, value]) => {
      if (name === 'change') return [name, opposite.get(value) ?? value];
      if (name === 'side') return [name, value === 'a' ? 'b' : 'a'];
      if (name === 'place') return [name, sidesSwapped(value)];
      return [otherSide(name), value];
    }),
  );
}

/** Removes what depends on the direction: the layer that removed a path, and the order of hard links. */
function comparable({ linkedTo: _, ...reported }: ReportedChange): ReportedChange {
  if (reported.change !== 'removed') return reported;
  const { layerB: _removedIn, ...rest } = reported;
  return rest;
}

function fileMirrored(reported: ReportedChange): ReportedChange {
  const swapped = sidesSwapped(comparable(reported));
  // A change has the type of B. If A has another type, it is among A's values.
  if (reported.change === 'changed' && reported.a?.type !== undefined) swapped.type = reported.a.type;
  if (reported.change !== 'renamed' || reported.from === undefined) return swapped;
  const { path, pathBase64, from, fromBase64, ...rest } = swapped;
  return {
    ...rest,
    path: reported.from,
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
