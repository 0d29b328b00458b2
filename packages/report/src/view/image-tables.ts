import type { ImagePackage } from '@layers/insight/packages';
import { ITEM_TYPES, ITEM_WASTE, type ReportFacts } from '../data/index.js';
import { counted, humanBytes } from './format.js';
import type { Paths } from './paths.js';
import { capital, stepName } from './story.js';
import type { Column, Table } from './table.js';
import { columnsOf, findingsTable, indexes, MOST_ROWS, valueText } from './table-columns.js';

const FILE = ITEM_TYPES.indexOf('file');

/** Returns the tables below the picture. Those without rows are left out. */
export function imageTables(facts: ReportFacts, paths: Paths): Table<number>[] {
  return [layersTable(facts), ...itemTables(paths), ...documentTables(facts, paths)].filter(
    ({ rows }) => rows.length > 0,
  );
}

function layersTable({ inspect: { layers } }: ReportFacts): Table<number> {
  return {
    id: 'layers',
    title: 'Layers',
    summary: 'The layers from the lowest, with the step that made each.',
    rows: indexes(layers),
    columns: columnsOf(layers, [
      { title: 'layer', read: ({ layer }) => layer },
      { title: 'files', read: ({ contentBytes }) => contentBytes, show: humanBytes },
      { title: 'stored', read: ({ storedBytes }) => storedBytes, show: humanBytes },
      {
        title: 'loses',
        hint: 'bytes of this layer that are deleted or replaced later',
        read: ({ wastedBytes }) => wastedBytes,
        show: humanBytes,
      },
      {
        title: 'causes waste',
        hint: 'bytes that this layer deletes or replaces',
        read: ({ causedWasteBytes }) => causedWasteBytes,
        show: humanBytes,
      },
      { title: 'added', read: ({ added }) => added },
      { title: 'modified', read: ({ modified }) => modified },
      { title: 'deleted', read: ({ deleted }) => deleted },
      { title: 'instruction', read: ({ instruction }) => stepName(instruction, 400) },
    ]),
    linkColumn: 'instruction',
    target: (row) => ({ path: -1, layer: layers[row]?.layer ?? -1 }),
  };
}

function itemTables(paths: Paths): Table<number>[] {
  const { columns } = paths;
  const bytesOf = (item: number): number => columns.bytes[item] ?? 0;
  const largest = (isWanted: (item: number) => boolean): number[] => {
    const items: number[] = [];
    for (let item = 0; item < columns.items; item++) if (isWanted(item)) items.push(item);
    return items.sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, MOST_ROWS);
  };
  const path: Column<number> = {
    title: 'path',
    read: (item) => paths.textOf(columns.path[item] ?? 0),
  };
  const size: Column<number> = { title: 'size', read: bytesOf, show: humanBytes };
  const layer: Column<number> = { title: 'layer', read: (item) => columns.layer[item] ?? 0 };
  const target = (item: number) => ({ path: columns.path[item] ?? 0, layer: -1 });
  return [
    {
      id: 'waste',
      title: 'Waste',
      summary: 'Contents that a layer stores, and that a later layer deletes or replaces.',
      rows: largest((item) => columns.waste[item] !== 0),
      columns: [
        size,
        { title: 'cause', read: (item) => ITEM_WASTE[columns.waste[item] ?? 0] ?? null },
        { title: 'stored by', read: (item) => columns.layer[item] ?? 0 },
        { title: 'wasted by', read: (item) => columns.wastedBy[item] ?? 0 },
        path,
      ],
      linkColumn: 'path',
      target,
    },
    {
      id: 'files',
      title: 'Largest files',
      summary: 'The largest files of the image.',
      rows: largest((item) => columns.waste[item] === 0 && columns.type[item] === FILE && bytesOf(item) > 0),
      columns: [size, layer, path],
      linkColumn: 'path',
      target,
    },
  ];
}

function documentTables(facts: ReportFacts, paths: Paths): Table<number>[] {
  const { advice: advised, duplicates, packages, history, inspect } = facts;
  const advice = advised?.advice ?? [];
  const copies = duplicates?.duplicates ?? [];
  const installed = packages?.packages ?? [];
  const settings = configRows(inspect.image.config);
  return [
    {
      id: 'advice',
      title: 'Advice',
      summary: 'What to change, and how much smaller the image is then.',
      rows: indexes(advice),
      columns: columnsOf(advice, [
        { title: 'saves', read: ({ savableBytes }) => savableBytes, show: humanBytes },
        { title: 'problem', read: ({ problem }) => capital(problem) },
        { title: 'what to do', read: ({ fix, example }) => `${capital(fix)}\n${example ?? ''}` },
        { title: 'stored by', read: ({ storedBy }) => storedBy.map(({ layer }) => layer).join(', ') },
        { title: 'wasted by', read: ({ wastedBy }) => wastedBy?.layer ?? null },
      ]),
      linkColumn: 'problem',
      target: (row) => ({ path: -1, layer: advice[row]?.storedBy[0]?.layer ?? -1 }),
    },
    {
      id: 'duplicates',
      title: 'Duplicates',
      summary: `Files with the same content. One copy of each would save ${humanBytes(duplicates?.totals.savableBytes ?? 0)}.`,
      rows: indexes(copies),
      columns: columnsOf(copies, [
        { title: 'savable', read: ({ savableBytes }) => savableBytes, show: humanBytes },
        { title: 'copies', read: ({ copies: count }) => count },
        { title: 'size', read: ({ sizeBytes }) => sizeBytes, show: humanBytes },
        {
          title: 'paths',
          read: ({ files, copies: count }) =>
            files.map(({ path }) => path).join('\n') +
            (count > files.length ? `\n${counted(count - files.length, 'more copy', 'more copies')}` : ''),
        },
      ]),
      linkColumn: 'paths',
      target: (row) => ({ path: paths.findText(copies[row]?.files[0]?.path ?? '/'), layer: -1 }),
    },
    {
      id: 'packages',
      title: 'Packages',
      summary: `${counted(installed.length, 'package')}${distributionText(packages?.distribution ?? null)}.`,
      rows: indexes(installed).sort((a, b) => sizeOf(installed[b]) - sizeOf(installed[a])),
      columns: columnsOf(installed, [
        { title: 'size', read: ({ sizeBytes }) => sizeBytes, show: humanBytes },
        { title: 'name', read: ({ name }) => name },
        { title: 'version', read: ({ version }) => version },
        { title: 'type', read: ({ type }) => type },
        { title: 'layer', read: ({ layer }) => layer },
        { title: 'licences', read: ({ licences }) => licences.join(', ') },
        { title: 'listed in', read: ({ path }) => path },
      ]),
      linkColumn: 'name',
      target: (row) => ({ path: paths.findText(installed[row]?.path ?? '/'), layer: -1 }),
    },
    {
      id: 'config',
      title: 'Config',
      summary: 'How containers of the image run.',
      rows: indexes(settings),
      columns: columnsOf(settings, [
        { title: 'setting', read: ({ name }) => name },
        { title: 'value', read: ({ value }) => value },
      ]),
    },
    {
      id: 'history',
      title: 'History',
      summary: 'The steps of the build, the newest first.',
      rows: indexes(history),
      columns: columnsOf(history, [
        { title: 'layer', read: ({ layer }) => layer },
        { title: 'created', read: ({ created }) => created },
        { title: 'size', read: ({ contentBytes }) => contentBytes, show: humanBytes },
        { title: 'instruction', read: ({ instruction, createdBy }) => instruction ?? createdBy },
        { title: 'comment', read: ({ comment }) => comment },
      ]),
      linkColumn: 'instruction',
      target: (row) => {
        const layer = history[row]?.layer ?? null;
        return layer === null ? null : { path: -1, layer };
      },
    },
    findingsTable(facts),
  ];
}

function sizeOf(found: ImagePackage | undefined): number {
  return found?.sizeBytes ?? -1;
}

function distributionText(distribution: { readonly prettyName: string | null; readonly id: string } | null) {
  return distribution === null ? '' : ` of ${distribution.prettyName ?? distribution.id}`;
}

/** Returns the settings of a config, one value a row. */
function configRows(config: Readonly<Record<string, unknown>>): { name: string; value: string }[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((each) => ({ name, value: valueText(each) }));
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).map(([key, each]) => ({ name: `${name} ${key}`, value: valueText(each) }));
    return value === null || value === '' ? [] : [{ name, value: valueText(value) }];
  });
}
