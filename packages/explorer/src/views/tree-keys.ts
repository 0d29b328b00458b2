import { NONE, nodePath } from '@layers/core/rootfs';
import { movedRow } from '../lines/moved-row.js';
import { isAtArrow } from '../panes/tree-row.js';
import { contentOf, lastLayerWith, localName, placeOf } from '../state/selection.js';
import type { TreeState } from '../state/tree-state.js';
import { versionIn, wastedVersionIn } from '../state/versions.js';
import { Mark } from '../tree/changes.js';
import { nodesBelow } from '../tree/directory-sums.js';
import { aboutPath, type Selected } from './about.js';
import { differenceOf } from './file-versions.js';
import { goToEnding, goToStoring } from './go-to.js';
import { openWith } from './open-with.js';
import { askLine } from './questions.js';
import { TextView } from './text-view.js';
import { type Action, DONE, say } from './view.js';

const NODE_KEYS: ReadonlySet<string> = new Set([
  ...[' ', 'right', 'l', 'left', 'h', 'enter', 'v', 'd', 'i', 'o', 'O', 'y', 'p', 'e', 'w', 'x'],
]);

/** Whether a key does something with the selected path. */
export function isNodeKey(key: string): boolean {
  return NODE_KEYS.has(key);
}

/** Handles a key in the tree of files. */
export function treeKey(selected: Selected, key: string): Action | null {
  const { tree } = selected;
  const row = movedRow(key, tree.row, tree.height, tree.count);
  if (row !== null) {
    tree.moveTo(row);
    return DONE;
  }
  if (tree.node !== NONE) return nodeKey(selected, tree, tree.node, key);
  return isNodeKey(key) ? say('no path is selected') : null;
}

/** Handles a click on a row: selects it, expands it at its arrow, and opens it with a double click. */
export function treeClick(
  selected: Selected,
  { row, column, width }: { readonly row: number; readonly column: number; readonly width: number },
  isDouble: boolean,
): Action | null {
  const { tree } = selected;
  if (tree.tree === null || row >= tree.count) return DONE;
  const isOnCursor = row === tree.row;
  tree.moveTo(row);
  const isArrow = tree.isDirectory(tree.node) && isAtArrow(tree.tree, row, column, width);
  if (!isArrow && !(isDouble && isOnCursor)) return DONE;
  return nodeKey(selected, tree, tree.node, isArrow ? ' ' : 'enter');
}

function nodeKey(selected: Selected, tree: TreeState, node: number, key: string): Action | null {
  const { index } = tree;
  const { range } = selected.layers;
  const wasted = tree.request.measure === 'wasted' ? wastedVersionIn(index, node, range) : null;
  const place = wasted === null ? contentOf(index, node, range) : placeOf(index, node, wasted.state);
  const difference = () => differenceOf(selected.image, index, node, range, selected.format);
  const path = nodePath(index.events.union, node);
  switch (key) {
    case ' ':
      tree.toggle();
      return DONE;
    case 'right':
    case 'l':
      tree.enter();
      return DONE;
    case 'left':
    case 'h':
      tree.leave();
      return DONE;
    case 'enter':
    case 'v':
      if (place !== null) return { kind: 'view', place, difference: difference() };
      if (!tree.isDirectory(node) || key === 'v') return showPath(selected);
      tree.toggle();
      return DONE;
    case 'd': {
      const effect = difference();
      return effect ?? say(place === null ? 'not a file' : 'there is no earlier version of this file');
    }
    case 'i':
      return showPath(selected);
    case 'o':
    case 'O':
      return goToVersion(selected, node, key);
    case 'y':
      return { kind: 'copy', text: Buffer.from(path).toString('utf8') };
    case 'p':
    case 'e':
      if (place === null) return say('not a file: i shows all about it');
      return openWith(key, localName(place.path), place);
    case 'w':
      if (place === null) return say('not a file: x extracts it');
      return askLine('write to: ', localName(place.path), (answer) => ({ kind: 'save', place, to: answer }));
    case 'x': {
      const layer = lastLayerWith(index, node, range);
      const deletedPaths = layer < range.to ? 0 : deletedBelow(tree, node);
      return askLine('extract into the directory: ', `${localName(path)}-extracted`, (answer) => {
        return { kind: 'extract', path, layer, to: answer, deletedPaths };
      });
    }
    default:
      return null;
  }
}

/** Counts the paths in a directory that are shown as deleted. */
function deletedBelow({ index, tree }: TreeState, node: number): number {
  let count = 0;
  for (const below of nodesBelow(index, node)) if (tree?.marks[below] === Mark.deleted) count++;
  return count;
}

/** Goes to the layer that stored what is shown, or to the one that wasted, deleted or replaced it. */
function goToVersion({ image, tree, format, layers }: Selected, node: number, key: 'o' | 'O'): Action {
  const { index } = tree;
  const explored = { image, index, format };
  const { range } = layers;
  const wasted = tree.request.measure === 'wasted' ? wastedVersionIn(index, node, range) : null;
  const version = wasted ?? versionIn(index, node, range);
  if (version === null) return say('no layer has an entry of it');
  if (key === 'O' && image.readLayers < image.layers.length) return say('wait until all layers are read');
  return key === 'o' ? goToStoring(explored, node, version) : goToEnding(explored, node, version);
}

function showPath(selected: Selected): Action {
  const { title, text } = aboutPath(selected);
  return { kind: 'open', view: new TextView(title, Buffer.from(text), selected.format) };
}
