import type { WastedContents } from '@layers/core/analysis';
import { pathFields } from '@layers/core/findings';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { depthOf, isGroup, type ListSource } from '../list/list-source.js';
import type { ExploredImage } from '../state/image.js';
import { STEP } from '../tree/changes.js';
import { sortSlowly } from '../tree/merge-sort.js';
import type { PathIndex } from '../tree/path-index.js';
import { Forest } from './forest.js';
import {
  aboutLayer,
  byName,
  bySize,
  bytesOfPath,
  type DocumentPath,
  nodeOfPath,
  rowInstruction,
  rowPath,
} from './row-text.js';

type Item = ReturnType<WastedContents['at']>;

const SLASH = 0x2f;
/** Contents between two pauses where their paths are looked up. */
const PATH_STEP = 512;

/** Wasted contents that belong together: by the layers that stored and wasted them, or by directory. */
interface Group {
  /** The first content: all have its layers. */
  readonly first: Item;
  /** The directory; null for all of the layers. */
  readonly directory: DocumentPath | null;
  readonly count: number;
  readonly bytes: number;
}

const COLUMNS: ListSource['columns'] = [
  { title: 'Wasted', width: 9, align: 'right', from: 0 },
  { title: 'Files', width: 6, align: 'right', from: 56 },
  { title: 'Layer', width: 5, align: 'right', from: 44 },
  { title: 'By layer', width: 8, align: 'right', from: 0 },
  { title: 'Stored by, path', width: 3, grows: true, from: 0, cut: 'middle' },
  { title: 'Wasted by', width: 2, grows: true, from: 66 },
];

/** Makes the rows of wasted contents: by the layers that stored and wasted them, then by directory. Yields often. */
export function* wasteList(
  contents: WastedContents,
  { rootfsBytes, wastedBytes, efficiency }: Pick<ExploredImage, 'rootfsBytes' | 'wastedBytes' | 'efficiency'>,
  index: PathIndex,
  format: Format,
): Generator<undefined, ListSource> {
  const { groups, forest } = yield* grouped(contents, index);
  const groupOf = (row: number): Group | undefined =>
    isGroup(forest, row) ? groups[forest.itemOf(row)] : undefined;
  const itemOf = (row: number): Item => groupOf(row)?.first ?? contents.at(forest.itemOf(row));
  const bytesOf = (row: number): number => forest.bytesOf(row);
  const textOf = (row: number): string => {
    const group = groupOf(row);
    if (group !== undefined) return group.directory?.path ?? group.first.storedBy ?? '';
    return Buffer.from(contents.pathOf(forest.itemOf(row))).toString('utf8');
  };
  return {
    title: `Waste  ${format.bytes(wastedBytes)} of ${format.bytes(rootfsBytes + wastedBytes)}  efficiency ${format.share(efficiency)}`,
    empty: 'nothing is wasted',
    columns: COLUMNS,
    nameColumn: 4,
    count: forest.count,
    orders: [bySize(bytesOf), byName(textOf)],
    endOf: (row) => forest.endOf(row),
    parentOf: (row) => forest.parentOf(row),
    cells(row) {
      const item = itemOf(row);
      const group = groupOf(row);
      const isPair = group !== undefined && group.directory === null;
      return [
        format.bytes(bytesOf(row)),
        group === undefined ? '' : String(group.count),
        String(item.layer),
        String(item.unreachableFromLayer),
        isPair ? rowInstruction(item.storedBy, format) : nameOf(row, item, group),
        isPair ? rowInstruction(item.unreachableBy, format) : group === undefined ? item.cause : '',
      ];
    },
    styleOf: () => 'plain',
    textOf,
    bytesOf,
    isOfLayer: (row, layer) => {
      const item = itemOf(row);
      return item.layer === layer || item.unreachableFromLayer === layer;
    },
    about(row) {
      const item = itemOf(row);
      const group = groupOf(row);
      const path = group === undefined ? rowPath(item, format) : directoryText(group);
      const files = group === undefined ? '' : ` in ${counted(group.count, 'file')}`;
      return [
        ...(path === '' ? [] : [path]),
        `wasted     ${exactBytes(bytesOf(row), format)}${files}`,
        aboutLayer('stored by ', item.layer, item.storedBy, format),
        aboutLayer('wasted by ', item.unreachableFromLayer, item.unreachableBy, format),
        ...(group === undefined ? [`cause      ${item.cause}`] : []),
        ...(item.changed === undefined || group !== undefined
          ? []
          : [`changed    ${item.changed.join(', ') || 'nothing'}`]),
      ];
    },
    targetOf(row) {
      const item = itemOf(row);
      const group = groupOf(row);
      const path = group === undefined ? item : group.directory;
      // A later entry of the same layer has the path of a duplicate entry.
      const isHidden = path === item && item.cause === 'duplicate-entry';
      return {
        layer: item.layer,
        node: path === null || isHidden ? null : nodeOfPath(index, path),
        endedBy: item.unreachableFromLayer,
        ending: 'wasted',
      };
    },
  };

  /** The name alone where a row above has the directory. */
  function nameOf(row: number, item: Item, group: Group | undefined): string {
    if (group !== undefined) return directoryText(group);
    const path = rowPath(item, format);
    return depthOf(forest, row) > 1 ? path.slice(path.lastIndexOf('/') + 1) : path;
  }

  function directoryText({ directory }: Group): string {
    return directory === null ? '' : rowPath(directory, format);
  }
}

function* grouped(
  contents: WastedContents,
  index: PathIndex,
): Generator<undefined, { readonly groups: readonly Group[]; readonly forest: Forest }> {
  const { count } = contents;
  const pairs = new Int32Array(count);
  const directories = new Int32Array(count);
  const order = new Int32Array(count);
  const numbers = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    if (i % PATH_STEP === PATH_STEP - 1) yield;
    const { layer, unreachableFromLayer } = contents.layersOf(i);
    const key = layer * index.layers.length + unreachableFromLayer;
    const pair = numbers.get(key) ?? numbers.size;
    numbers.set(key, pair);
    pairs[i] = pair;
    const path = contents.pathOf(i);
    directories[i] = index.nearestTo(path.subarray(0, path.lastIndexOf(SLASH) + 1));
    order[i] = i;
  }
  const by = (column: Int32Array, a: number, b: number): number => (column[a] ?? 0) - (column[b] ?? 0);
  yield* sortSlowly(order, (a, b) => by(pairs, a, b) || by(directories, a, b) || a - b);
  const groups: Group[] = [];
  const forest = new Forest(count + Math.ceil(count / 8) + 16);
  for (let start = 0; start < count; ) {
    const end = yield* endOfRun(order, start, pairs);
    const pair = yield* groupOf(contents, order.subarray(start, end), null);
    forest.open(groups.push(pair) - 1, pair.bytes);
    for (let at = start; at < end; ) {
      const next = Math.min(end, yield* endOfRun(order, at, directories));
      const items = order.subarray(at, next);
      const isAlone = items.length === 1;
      if (!isAlone) {
        const group = yield* groupOf(contents, items, directoryOf(contents.at(items[0] ?? 0)));
        forest.open(groups.push(group) - 1, group.bytes);
      }
      for (const item of items) {
        if (forest.count % STEP === 0) yield;
        forest.add(item, contents.sizeOf(item));
      }
      if (!isAlone) forest.close();
      at = next;
    }
    forest.close();
    start = end;
  }
  return { groups, forest };
}

/** Returns the end of the items from `start` on that have the same value in a column. */
function* endOfRun(order: Int32Array, start: number, column: Int32Array): Generator<undefined, number> {
  const value = column[order[start] ?? 0];
  let end = start + 1;
  for (; end < order.length && column[order[end] ?? 0] === value; end++) if (end % STEP === 0) yield;
  return end;
}

function directoryOf(item: Item): DocumentPath {
  if (item.pathBase64 === undefined) return { path: item.path.slice(0, item.path.lastIndexOf('/') + 1) };
  const bytes = bytesOfPath(item);
  return pathFields(bytes.subarray(0, bytes.lastIndexOf(SLASH) + 1));
}

function* groupOf(
  contents: WastedContents,
  items: Int32Array,
  directory: DocumentPath | null,
): Generator<undefined, Group> {
  let bytes = 0;
  for (const [i, item] of items.entries()) {
    if (i % STEP === STEP - 1) yield;
    bytes += contents.sizeOf(item);
  }
  return { first: contents.at(items[0] ?? 0), directory, count: items.length, bytes };
}
