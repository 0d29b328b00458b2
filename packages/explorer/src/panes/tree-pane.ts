import { NONE } from '@layers/core/rootfs';
import type { Format } from '../lines/format.js';
import { fitLine, type Line, span } from '../lines/line.js';
import type { TreeState } from '../state/tree-state.js';
import { NEEDS_LAYER, needsLayer } from '../tree/filter.js';
import { treeRow, treeTitles } from './tree-row.js';

/** Returns the pane of the files: a title, the titles of columns, and the rows. */
export function treePane(
  state: TreeState,
  title: string,
  width: number,
  height: number,
  isFocused: boolean,
  format: Format,
): Line[] {
  const { tree } = state;
  const isRead = state.request.range.to < state.index.layers.length;
  const lines: Line[] = [
    paneTitle(`Files ${title}`, isFocused, width, format),
    fitLine([span(treeTitles(tree ?? state, width, format), 'dim')], width, format),
  ];
  const count = height - lines.length;
  for (let i = 0; i < count; i++) {
    const row = state.top + i;
    if (tree !== null && row < tree.rows.length)
      lines.push(treeRow(state, tree, row, width, isFocused, format));
    else lines.push(fitLine([span(i === 0 ? emptyText(state, isRead) : '')], width, format));
  }
  return lines;
}

function emptyText(state: TreeState, isRead: boolean): string {
  if (state.isWorking) return '  …';
  if (!isRead) return '  not read yet';
  if (state.node !== NONE) return '';
  const onlyChanges = state.request.range.marks && state.changesOnly;
  if (state.filter.text === '' && state.request.measure === 'wasted')
    return '  nothing is wasted: b shows sizes';
  if (state.filter.text === '') return onlyChanges ? '  no changes: c shows all files' : '  no files';
  if (needsLayer(state.filter, state.request.range)) return `  ${NEEDS_LAYER}`;
  const all = onlyChanges ? ', c shows all files' : '';
  return `  nothing matches the filter: Esc clears it${all}`;
}

/** A title that shows by its brackets, not only by its style, which pane has the keys. */
export function paneTitle(text: string, isFocused: boolean, width: number, format: Format): Line {
  const shown = isFocused ? `[${text}]` : ` ${text} `;
  return fitLine([span(shown, isFocused ? 'bold' : 'dim')], width, format);
}
