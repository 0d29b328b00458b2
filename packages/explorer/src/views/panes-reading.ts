import { pathFields } from '@layers/core/findings';
import { Kind, linkTargetOf, NONE, nodePath, nodeTypeOf } from '@layers/core/rootfs';
import { layersPane } from '../panes/layers-pane.js';
import { treePane } from '../panes/tree-pane.js';
import { type ExploredImage, placeOfLayer } from '../state/image.js';
import type { TreeState } from '../state/tree-state.js';
import { Mark } from '../tree/changes.js';
import type { Tree } from '../tree/tree.js';
import { aboutSelection, type Selected } from './about.js';
import { treeTitle } from './panes-frame.js';
import { lineText, READ_COLUMNS, type Reading } from './reading.js';
import type { SeenFile, SeenFiles } from './seen.js';

/** Details that are read aloud for each row. */
const DETAILS = { lines: 8, characters: 500 };

/** Returns the selected row of the pane with the keys, and its details. */
export function readPanes(selected: Selected): Reading {
  const { focus, format, image, layers, tree } = selected;
  const { row, top, height } = focus === 'layers' ? layers : tree;
  const pane =
    focus === 'layers'
      ? layersPane(image, layers, READ_COLUMNS, height + 2, true, format)
      : treePane(tree, treeTitle(selected), READ_COLUMNS, height + 2, true, format);
  const [title, columns, ...rows] = pane.map(lineText);
  return {
    heading: [title ?? '', columns ?? ''],
    row: rows[row - top] ?? '',
    lines: aboutSelection(selected, DETAILS),
    first: null,
  };
}

/** Returns all rows of the tree. */
export function seenFiles({ image, layers, tree: state }: Selected): SeenFiles {
  const { filter, found, tree } = state;
  const { from, to, marks, differences } = layers.range;
  const [first, last] = [placeOfLayer(image, from), placeOfLayer(image, to)];
  return {
    view: 'files',
    ...placeOfLayer(image, layers.layer),
    changes: marks && first.side === last.side ? { from: first.layer, to: last.layer } : null,
    isCompared: differences !== undefined,
    changesOnly: marks && state.changesOnly,
    filter: filter.text === '' ? null : filter.text,
    sort: state.request.sort,
    measure: state.request.measure,
    search: found === null ? null : { word: found.word, matches: found.count },
    selected: state.node === NONE ? null : pathFields(nodePath(state.index.events.union, state.node)).path,
    totals: {
      paths: tree?.totals.selectedCount ?? 0,
      sizeBytes: tree?.totals.bytes[0] ?? 0,
      deletedBytes: tree?.totals.deletedBytes?.[0] ?? 0,
    },
    rows: tree === null ? [] : seenRows(image, state, tree),
  };
}

const CHANGES: Readonly<Record<number, SeenFile['change']>> = {
  [Mark.added]: 'added',
  [Mark.changed]: 'changed',
  [Mark.deleted]: 'deleted',
};

function* seenRows(image: ExploredImage, state: TreeState, tree: Tree): Generator<SeenFile> {
  const { index } = state;
  const { totals, marks } = tree;
  for (const node of tree.rows) {
    const at = index.stateAt(node, tree.request.range.to);
    const changeset = index.layers[at?.layer ?? NONE];
    const entry = at?.entry ?? 0;
    const kind = at?.kind ?? Kind.directory;
    const link = kind === Kind.symlink && changeset !== undefined ? linkTargetOf(changeset, entry) : null;
    yield {
      ...pathFields(nodePath(index.events.union, node)),
      type: nodeTypeOf(kind) ?? 'file',
      change: CHANGES[marks[node] ?? Mark.same] ?? null,
      sizeBytes: totals.bytes[node] ?? 0,
      deletedBytes: totals.deletedBytes?.[node] ?? 0,
      mode: changeset?.mode[entry] ?? null,
      uid: changeset?.uid[entry] ?? null,
      gid: changeset?.gid[entry] ?? null,
      mtime: changeset?.mtime[entry] ?? null,
      ...(link === null ? {} : linkFields(link)),
      ...placeOfLayer(image, changeset === undefined ? null : (at?.layer ?? null)),
      expanded: kind === Kind.directory ? state.isExpanded(node) : null,
    };
  }
}

function linkFields(target: Uint8Array): Pick<SeenFile, 'linkname' | 'linknameBase64'> {
  const { path, pathBase64 } = pathFields(target);
  return { linkname: path, ...(pathBase64 === undefined ? {} : { linknameBase64: pathBase64 }) };
}
