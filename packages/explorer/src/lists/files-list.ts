import { indexColumn, Kind, NONE, nodePath, ROOT } from '@layers/core/rootfs';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { FLAT, type ListSource } from '../list/list-source.js';
import type { ExploredImage } from '../state/image.js';
import { endingOf, type Version, versionAt } from '../state/versions.js';
import { Mark, STEP } from '../tree/changes.js';
import { sortNodes } from '../tree/order.js';
import type { PathIndex } from '../tree/path-index.js';
import { aboutLayer, bySize } from './row-text.js';

const COLUMNS: ListSource['columns'] = [
  { title: 'Size', width: 9, align: 'right', from: 0 },
  { title: 'Layer', width: 5, align: 'right', from: 0 },
  { title: 'In the end', width: 24, from: 60 },
  { title: 'Path', width: 1, grows: true, from: 0, cut: 'middle' },
];

/** Makes the rows of all versions of each file in all layers, deleted ones too. Yields often. */
export function* filesList(
  { layers }: ExploredImage,
  index: PathIndex,
  format: Format,
): Generator<undefined, ListSource> {
  const { events } = index;
  const rows = yield* versions(index);
  const nodeOf = (row: number): number => events.nodeOf(rows[row] ?? NONE);
  const layerOf = (row: number): number => events.layerOf(rows[row] ?? NONE);
  const labelOf = (layer: number): string => layers[layer]?.label ?? String(layer);
  const bytesOf = (row: number): number => index.sizeOf(events.stateOf(rows[row] ?? NONE));
  const versionOf = (row: number): Version | null => versionAt(index, nodeOf(row), layerOf(row));
  return {
    ...FLAT,
    title: `Files of all layers  ${counted(rows.length, 'version')}`,
    empty: 'no layer has files',
    columns: COLUMNS,
    count: rows.length,
    orders: [bySize(bytesOf), { name: 'path', keyOf: null }, { name: 'layer', keyOf: layerOf }],
    cells: (row) => [
      format.bytes(bytesOf(row)),
      labelOf(layerOf(row)),
      endText(versionOf(row), labelOf),
      format.name(nodePath(events.union, nodeOf(row))),
    ],
    styleOf(row) {
      const version = versionOf(row);
      if (version?.endedBy === null) return 'plain';
      return version?.isDeleted === true ? 'deleted' : 'changed';
    },
    textOf: (row) => Buffer.from(nodePath(events.union, nodeOf(row))).toString('utf8'),
    bytesOf,
    isOfLayer: (row, layer) => layerOf(row) === layer,
    marksOf(row) {
      const version = versionOf(row);
      const before = events.previousOf(rows[row] ?? NONE);
      const added = before === NONE || events.isDeletion(before) ? [Mark.added] : [];
      if (version?.endedBy === null) return [Mark.same, ...added];
      return [version?.isDeleted === true ? Mark.deleted : Mark.changed, ...added];
    },
    about(row) {
      const version = versionOf(row);
      const by = (label: string, layer: number): string =>
        aboutLayer(label, labelOf(layer), layers[layer]?.instruction ?? null, format);
      return [
        format.name(nodePath(events.union, nodeOf(row))),
        `size       ${exactBytes(bytesOf(row), format)}`,
        by('stored by ', layerOf(row)),
        ...(version === null || version.endedBy === null
          ? ['in the final file system']
          : [by(version.isDeleted ? 'deleted by' : 'replaced by', version.endedBy)]),
        ...(version === null || version.wastedBy === null ? [] : [by('wasted by ', version.wastedBy)]),
      ];
    },
    targetOf(row) {
      const version = versionOf(row);
      return { layer: layerOf(row), node: nodeOf(row), ...endingOf(version) };
    },
  };
}

function endText(version: Version | null, labelOf: (layer: number) => string): string {
  if (version === null || version.endedBy === null) return 'final';
  const { endedBy, isDeleted, wastedBy } = version;
  const what = isDeleted ? 'deleted' : 'replaced';
  return `${what} by ${labelOf(endedBy)}${wastedBy === null ? '' : ', wasted'}`;
}

/** Returns the events that made versions of files, by path, then by layer. */
function* versions(index: PathIndex): Generator<undefined, Int32Array> {
  const { events, starts } = index;
  // The tree sorts its own copy meanwhile.
  const children = index.children.slice();
  const found = indexColumn();
  let count = 0;
  let steps = 0;
  const open = function* (node: number): Generator<undefined> {
    const siblings = children.subarray(starts[node], starts[node + 1]);
    yield* sortNodes(siblings, () => 0, index);
    levels.push(siblings.values());
  };
  const levels: IterableIterator<number>[] = [];
  yield* open(ROOT);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (++steps % STEP === 0) yield;
    const next = level.next();
    if (next.done === true) {
      levels.pop();
      continue;
    }
    const node = next.value;
    const last = count;
    for (let event = events.lastOf(node); event !== NONE; event = events.previousOf(event)) {
      if (events.isDeletion(event) || events.stateOf(event).kind === Kind.directory) continue;
      found.ensure(count + 1);
      found.values[count++] = event;
    }
    found.values.subarray(last, count).reverse();
    if (starts[node] !== starts[node + 1]) yield* open(node);
  }
  return found.trimmed(count);
}
