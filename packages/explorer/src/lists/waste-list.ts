import type { WastedContents } from '@layers/core/analysis';
import { pathFields } from '@layers/core/findings';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { depthOf, isGroup, type ListSource } from '../list/list-source.js';
import type { ExploredImage } from '../state/image.js';
import { STEP } from '../tree/changes.js';
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

/** Wasted contents that belong together: by the layers that stored and wasted them, or by directory. */
interface Group {
  /** The first content: all have its layers. */
  readonly first: Item;
  /** The directory; null for all of the layers. */
  readonly directory: DocumentPath | null;
  readonly items: number[];
  bytes: number;
}

const COLUMNS: ListSource['columns'] = [
  { title: 'Wasted', width: 9, align: 'right', from: 0 },
  { title: 'Files', width: 6, align: 'right', from: 56 },
  { title: 'Stored', width: 6, align: 'right', from: 44 },
  { title: 'By', width: 4, align: 'right', from: 0 },
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
  const { groups, forest } = yield* grouped(contents);
  const groupOf = (row: number): Group | undefined =>
    isGroup(forest, row) ? groups[forest.itemOf(row)] : undefined;
  const itemOf = (row: number): Item => groupOf(row)?.first ?? contents.at(forest.itemOf(row));
  const bytesOf = (row: number): number => forest.bytesOf(row);
  const textOf = (row: number): string => {
    const group = groupOf(row);
    if (group !== undefined) return group.directory?.path ?? group.first.storedBy ?? '';
    return itemOf(row).path;
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
        group === undefined ? '' : String(group.items.length),
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
      const files = group === undefined ? '' : ` in ${counted(group.items.length, 'file')}`;
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
): Generator<undefined, { readonly groups: readonly Group[]; readonly forest: Forest }> {
  const pairs = new Map<number, Map<number, { readonly all: Group; readonly below: Map<string, Group> }>>();
  for (let i = 0; i < contents.count; i++) {
    if (i % STEP === STEP - 1) yield;
    const item = contents.at(i);
    const ofLayer = pairs.get(item.layer) ?? new Map<number, { all: Group; below: Map<string, Group> }>();
    pairs.set(item.layer, ofLayer);
    const pair = ofLayer.get(item.unreachableFromLayer) ?? { all: groupOf(item, null), below: new Map() };
    ofLayer.set(item.unreachableFromLayer, pair);
    const directory = directoryOf(item);
    const key = `${directory.path}${directory.pathBase64 ?? ''}`;
    const group = pair.below.get(key) ?? groupOf(item, directory);
    pair.below.set(key, group);
    for (const each of [pair.all, group]) {
      each.items.push(i);
      each.bytes += item.sizeBytes;
    }
  }
  const groups: Group[] = [];
  const forest = new Forest();
  for (const { all, below } of [...pairs.values()].flatMap((ofLayer) => [...ofLayer.values()])) {
    forest.open(groups.push(all) - 1, all.bytes);
    for (const group of below.values()) {
      const isAlone = group.items.length === 1;
      if (!isAlone) forest.open(groups.push(group) - 1, group.bytes);
      for (const item of group.items) {
        if (forest.count % STEP === 0) yield;
        forest.add(item, contents.sizeOf(item));
      }
      if (!isAlone) forest.close();
    }
    forest.close();
  }
  return { groups, forest };
}

function directoryOf(item: Item): DocumentPath {
  if (item.pathBase64 === undefined) return { path: item.path.slice(0, item.path.lastIndexOf('/') + 1) };
  const bytes = bytesOfPath(item);
  return pathFields(bytes.subarray(0, bytes.lastIndexOf(0x2f) + 1));
}

function groupOf(first: Item, directory: DocumentPath | null): Group {
  return { first, directory, items: [], bytes: 0 };
}
