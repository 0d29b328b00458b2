import { pathFields } from '@layers/core/findings';
import { NONE, nodePath } from '@layers/core/rootfs';
import { depthOf, isGroup } from '../list/list-source.js';
import type { ListState } from '../list/list-state.js';
import { placeOfLayer } from '../state/image.js';
import type { Explored } from './go-to.js';
import type { Reading } from './reading.js';
import type { SeenList, SeenRow } from './seen.js';

const GAP = '  ';

/** Returns the selected row of a list in words; null for a list that is not made yet. */
export function readList(name: string, state: ListState | null): Reading {
  if (state === null) return { heading: [name], row: null, lines: [], first: null };
  const { row, source } = state;
  const titles = source.columns.map(({ title }) => title);
  const isEmpty = row === NONE;
  return {
    heading: [source.title, joined(titles)],
    row: isEmpty ? source.empty : `> ${GAP.repeat(depthOf(source, row))}${joined(source.cells(row))}`,
    lines: [],
    first: null,
  };
}

function joined(cells: readonly string[]): string {
  return cells.filter((cell) => cell !== '').join(GAP);
}

/** Returns all rows of a list that are not in a collapsed group. */
export function seenList(name: string, state: ListState | null, explored: Explored): SeenList {
  if (state === null) return { view: 'list', title: name, filter: null, sort: '', columns: [], rows: [] };
  const { filter, order, source } = state;
  return {
    view: 'list',
    title: source.title,
    filter: filter.text === '' ? null : filter.text,
    sort: order.name,
    columns: source.columns.map(({ title }) => title),
    rows: seenRows(state, explored),
  };
}

function* seenRows(state: ListState, { image, index }: Explored): Generator<SeenRow> {
  const { source, visible } = state;
  for (const row of visible) {
    const target = source.targetOf(row);
    const node = target?.node ?? null;
    yield {
      cells: source.cells(row),
      level: depthOf(source, row),
      expanded: isGroup(source, row) ? state.isExpanded(row) : null,
      ...placeOfLayer(image, target?.layer ?? null),
      ...(node === null ? { path: null } : pathFields(nodePath(index.events.union, node))),
    };
  }
}
