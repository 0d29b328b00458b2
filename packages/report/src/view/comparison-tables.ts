import { ITEM_CHANGES, ITEM_TYPES, type ReportComparison, type ReportFacts } from '../data/index.js';
import { counted, humanBytes, signedBytes } from './format.js';
import { layerPairs } from './layer-pairs.js';
import type { Paths } from './paths.js';
import { capital, stepName } from './story.js';
import type { Column, Table } from './table.js';
import { columnsOf, findingsTable, indexes, MOST_ROWS, valueText } from './table-columns.js';

/** Returns the tables of a comparison. Those without rows are left out. */
export function comparisonTables(
  facts: ReportFacts,
  comparison: ReportComparison,
  paths: Paths,
): Table<number>[] {
  return [
    ...pathTables(facts, comparison, paths),
    movedTable(comparison, paths),
    layersTable(facts),
    ...documentTables(comparison),
    findingsTable(facts),
  ].filter(({ rows }) => rows.length > 0);
}

/** What differs in a path. */
export const PATH_KINDS = ['grew', 'shrank', 'added', 'removed', 'changed'] as const;
export type PathKind = (typeof PATH_KINDS)[number];

const SUMMARIES: Readonly<Record<PathKind, string>> = {
  grew: 'larger in B',
  shrank: 'smaller in B',
  added: 'in B only',
  removed: 'in A only',
  changed: 'of the same size, with other contents, or another mode, owner or target',
};

/** Returns the items of each kind; those that moved are of none. */
export function itemsByKind(paths: Paths): Readonly<Record<PathKind, number[]>> {
  const kinds: Record<PathKind, number[]> = { grew: [], shrank: [], added: [], removed: [], changed: [] };
  const { items, change: changes, bytes } = paths.columns;
  for (let item = 0; item < items; item++) {
    const change = ITEM_CHANGES[changes[item] ?? 0];
    const growth = paths.growthOf(item);
    if (change === 'added' || change === 'removed') kinds[change].push(item);
    else if (change === 'changed') kinds[growth > 0 ? 'grew' : growth < 0 ? 'shrank' : 'changed'].push(item);
  }
  const weight = (item: number): number => Math.abs(paths.growthOf(item)) || (bytes[item] ?? 0);
  for (const kind of PATH_KINDS) kinds[kind].sort((a, b) => weight(b) - weight(a));
  return kinds;
}

function pathTables(facts: ReportFacts, { fields }: ReportComparison, paths: Paths): Table<number>[] {
  const { columns } = paths;
  const layers = facts.inspect.layers.length;
  const bytes = (item: number): number => columns.bytes[item] ?? 0;
  const before = (item: number): number => columns.bytesBefore[item] ?? 0;
  const growth = { title: 'difference', read: (item: number) => paths.growthOf(item), show: signedBytes };
  const sizes: Column<number>[] = [
    { title: 'before', read: before, show: humanBytes },
    { title: 'now', read: bytes, show: humanBytes },
  ];
  const type = { title: 'type', read: (item: number) => ITEM_TYPES[columns.type[item] ?? 0] ?? null };
  const what = {
    title: 'what differs',
    read: (item: number) => fields[columns.attributes[item] ?? 0]?.join(', ') ?? null,
  };
  const layer = {
    title: 'layer',
    read: (item: number) => {
      const value = columns.layer[item] ?? 0;
      return value < layers ? value : null;
    },
  };
  const layerOfA = {
    title: 'layer of A',
    read: (item: number) => {
      const value = columns.wastedBy[item] ?? -1;
      return value < 0 ? null : value;
    },
  };
  const path = { title: 'path', read: (item: number) => paths.textOf(columns.path[item] ?? 0) };
  const columnsByKind: Readonly<Record<PathKind, readonly Column<number>[]>> = {
    grew: [growth, ...sizes, layer, what, path],
    shrank: [growth, ...sizes, layer, what, path],
    added: [growth, type, layer, path],
    removed: [growth, type, layerOfA, { ...layer, title: 'removed by' }, path],
    changed: [{ title: 'size', read: bytes, show: humanBytes }, what, layer, path],
  };
  const kinds = itemsByKind(paths);
  return PATH_KINDS.map((kind) => {
    const items = kinds[kind];
    const total = items.reduce((sum, item) => sum + paths.growthOf(item), 0);
    const sum = total === 0 ? '' : `, ${signedBytes(total)}`;
    const most =
      items.length > MOST_ROWS ? ` The table has the ${counted(MOST_ROWS, 'largest', 'largest')}.` : '';
    return {
      id: kind,
      title: capital(kind),
      summary: `${counted(items.length, 'path')} ${SUMMARIES[kind]}${sum}.${most}`,
      rows: items.slice(0, MOST_ROWS),
      columns: columnsByKind[kind],
      linkColumn: 'path',
      target: (item: number) => ({ path: columns.path[item] ?? 0, layer: -1 }),
    };
  });
}

function movedTable({ moved, totals: { renamed } }: ReportComparison, paths: Paths): Table<number> {
  return {
    id: 'moved',
    title: 'Moved',
    summary: `${counted(renamed, 'path')} with the same contents under another name.`,
    rows: indexes(moved),
    columns: columnsOf(moved, [
      { title: 'size', read: ({ bytes, entries }) => (entries > 0 ? null : bytes), show: humanBytes },
      { title: 'paths in it', read: ({ entries }) => (entries > 0 ? entries : null) },
      { title: 'from', read: ({ from }) => from },
      { title: 'to', read: ({ to }) => to },
    ]),
    linkColumn: 'to',
    target: (row) => ({ path: paths.findText(moved[row]?.to ?? '/'), layer: -1 }),
  };
}

function layersTable(facts: ReportFacts): Table<number> {
  const pairs = layerPairs(facts);
  return {
    id: 'layers',
    title: 'Layers',
    summary: 'The layers of both images.',
    rows: indexes(pairs),
    columns: columnsOf(pairs, [
      { title: 'layer', read: ({ change }) => change },
      { title: 'in A', read: ({ a }) => a },
      { title: 'in B', read: ({ b }) => b },
      { title: 'stored', read: ({ stored }) => stored, show: humanBytes },
      { title: 'instruction', read: ({ instruction }) => stepName(instruction, 400) },
    ]),
    linkColumn: 'instruction',
    target: (row) => ({ path: -1, layer: pairs[row]?.b ?? -1 }),
  };
}

function documentTables({ packages, config, history }: ReportComparison): Table<number>[] {
  const installed = packages?.changes ?? [];
  const settings = config ?? [];
  const steps = history ?? [];
  return [
    {
      id: 'packages',
      title: 'Packages',
      summary: `${counted(installed.length, 'package')} of dpkg, apk or rpm.`,
      rows: indexes(installed),
      columns: columnsOf(installed, [
        { title: 'change', read: ({ change }) => change },
        { title: 'name', read: ({ name }) => name },
        { title: 'before', read: ({ versionA }) => versionA ?? null },
        { title: 'now', read: ({ versionB }) => versionB ?? null },
        { title: 'architecture', read: ({ architecture }) => architecture },
      ]),
    },
    {
      id: 'config',
      title: 'Config',
      summary: 'How containers of the images run.',
      rows: indexes(settings),
      columns: columnsOf(settings, [
        { title: 'change', read: ({ change }) => change },
        { title: 'setting', read: ({ field, key }) => (key === undefined ? field : `${field} ${key}`) },
        { title: 'before', read: ({ a }) => valueText(a) },
        { title: 'now', read: ({ b }) => valueText(b) },
      ]),
    },
    {
      id: 'history',
      title: 'History',
      summary: 'The steps of the builds that differ.',
      rows: indexes(steps),
      columns: columnsOf(steps, [
        { title: 'change', read: ({ change }) => change },
        { title: 'what differs', read: ({ fields = [] }) => fields.join(', ') },
        { title: 'size', read: ({ a, b }) => (b ?? a)?.contentBytes ?? null, show: humanBytes },
        {
          title: 'instruction',
          read: ({ a, b }) => {
            const step = b ?? a;
            return step?.instruction ?? step?.createdBy ?? null;
          },
        },
      ]),
    },
  ];
}
