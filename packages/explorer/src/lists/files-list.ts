import { indexColumn, Kind, NONE, nodePath, pathOf, ROOT } from '@layers/core/rootfs';
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
  const links = yield* hardLinks(index, rows);
  const linkOf = (row: number): number => links[row] ?? NONE;
  const linkCount = links.reduce((count, link) => count + (link === NONE ? 0 : 1), 0);
  const sizeOf = (row: number): number => index.sizeOf(events.stateOf(rows[row] ?? NONE));
  // The bytes of a content count once, in the row of its first name.
  const bytesOf = (row: number): number => (linkOf(row) === NONE ? sizeOf(row) : 0);
  const versionOf = (row: number): Version | null => versionAt(index, nodeOf(row), layerOf(row));
  const nameOf = (row: number): string => format.name(nodePath(events.union, nodeOf(row)));
  const linkText = (row: number): string => {
    const link = linkOf(row);
    return link === NONE ? '' : `  hard link of ${nameOf(link)}`;
  };
  return {
    ...FLAT,
    title: [
      `Files of all layers  ${counted(rows.length, 'version')}`,
      ...(linkCount === 0 ? [] : [counted(linkCount, 'hard link')]),
    ].join(', '),
    empty: 'no layer has files',
    columns: COLUMNS,
    count: rows.length,
    orders: [bySize(bytesOf), { name: 'path', keyOf: null }, { name: 'layer', keyOf: layerOf }],
    cells: (row) => [
      format.bytes(bytesOf(row)),
      labelOf(layerOf(row)),
      endText(versionOf(row), labelOf),
      nameOf(row) + linkText(row),
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
        nameOf(row),
        linkOf(row) === NONE
          ? `size       ${exactBytes(sizeOf(row), format)}`
          : `size       no bytes of its own${linkText(row)} of ${exactBytes(sizeOf(row), format)}`,
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

/** Returns for each row that is one more name of bytes the row of their first name, else NONE. */
function* hardLinks(index: PathIndex, rows: Int32Array): Generator<undefined, Int32Array> {
  const { events, layers } = index;
  /** For each layer, the row of the first name of each entry. */
  const first = new Map<number, Int32Array>();
  const links = new Int32Array(rows.length).fill(NONE);
  for (const [row, event] of rows.entries()) {
    if (row % STEP === STEP - 1) yield;
    const state = events.stateOf(event);
    if (!index.isShared(state)) continue;
    const ofLayer = first.get(state.layer) ?? new Int32Array(layers[state.layer]?.count ?? 0).fill(NONE);
    first.set(state.layer, ofLayer);
    if (ofLayer[state.entry] === NONE || isStored(index, event)) ofLayer[state.entry] = row;
  }
  for (const [row, event] of rows.entries()) {
    if (row % STEP === STEP - 1) yield;
    const { layer, entry } = events.stateOf(event);
    const to = first.get(layer)?.[entry] ?? NONE;
    if (to !== row) links[row] = to;
  }
  return links;
}

/** Whether the layer stores the bytes under this path. */
function isStored(index: PathIndex, event: number): boolean {
  const { events, layers } = index;
  const { layer, entry } = events.stateOf(event);
  const changeset = layers[layer];
  if (changeset === undefined || events.layerOf(event) !== layer) return false;
  return index.nodeAt(pathOf(changeset, entry)) === events.nodeOf(event);
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
