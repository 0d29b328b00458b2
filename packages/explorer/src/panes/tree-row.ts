import { Kind, linkTargetOf, nodeTypeOf, ROOT } from '@layers/core/rootfs';
import { arrowOf } from '../lines/arrow.js';
import type { Format, NodeType } from '../lines/format.js';
import { alignRight, fitLine, type Line, restyled, type Style, span } from '../lines/line.js';
import type { TreeState } from '../state/tree-state.js';
import { Mark } from '../tree/changes.js';
import { touchedBytes } from '../tree/totals.js';
import type { Tree } from '../tree/tree.js';
import { signedBytes } from './attributes.js';

/** The sign of each mark. Signs, not colors, tell what changed. */
export const SIGNS: Readonly<Record<number, { readonly sign: string; readonly style: Style }>> = {
  [Mark.added]: { sign: '+', style: 'added' },
  [Mark.changed]: { sign: '~', style: 'changed' },
  [Mark.deleted]: { sign: '-', style: 'deleted' },
};

/** The columns of the tree in their order; each with the width of the pane from which it is shown. */
const [SIZE, SHARE, GROWTH, MODE, OWNER] = [
  { title: 'Size', width: 10, from: 0 },
  { title: 'Share', width: 8, from: 50 },
  { title: 'Growth', width: 10, from: 40 },
  { title: 'Mode', width: 12, from: 62 },
  { title: 'Owner', width: 12, from: 70 },
] as const;

/** The size where rows may have bytes that exist and bytes that are deleted, and the pane has room for both. */
const SIZES = { ...SIZE, width: 17 };
const SIZES_FROM = 44;

/** What determines the columns of a tree. */
type Columns = Pick<Tree, 'request'> & Partial<Pick<Tree, 'totals'>>;

/** Returns the columns of a tree: where two file systems are compared, growth matters more than shares. */
function columnsOf({ request: { range, measure }, totals }: Columns, width: number) {
  const isGrowth = range.differences !== undefined && measure === 'size';
  const hasBoth = (totals?.bytes[ROOT] ?? 0) > 0 && (totals?.deletedBytes?.[ROOT] ?? 0) > 0;
  const size = hasBoth && !isGrowth && width >= SIZES_FROM ? SIZES : SIZE;
  return [size, isGrowth ? GROWTH : SHARE, MODE, OWNER];
}

/** More of a name is not visible. */
const MAX_CHARACTER_BYTES = 4;
const INDENT = 2;
const SIGN_COLUMNS = 2;
const ARROW_COLUMNS = 2;
/** Names keep so many columns, however deep they are. */
const NAME_COLUMNS = 16;

export function treeTitles(tree: Columns, width: number, format: Format): string {
  const titles = columnsOf(tree, width)
    .filter(({ from }) => width >= from)
    .map(({ title, width: columns }) =>
      alignRight(title === 'Size' && tree.request.measure === 'wasted' ? 'Wasted' : title, columns, format),
    );
  return `  ${titles.join('')}  Name`;
}

/** Returns the line of a row of the tree. */
export function treeRow(
  state: TreeState,
  tree: Tree,
  row: number,
  width: number,
  isFocused: boolean,
  format: Format,
): Line {
  const node = tree.rows[row] ?? 0;
  const { index } = state;
  const at = index.stateIn(node, tree.request.range);
  const mark = tree.marks[node] ?? Mark.same;
  const { sign, style } = SIGNS[mark] ?? { sign: ' ', style: 'plain' };
  const isCursor = row === state.row;
  const isDirectory = state.isDirectory(node);
  const type: NodeType = nodeTypeOf(at?.kind ?? (isDirectory ? Kind.directory : Kind.file)) ?? 'file';
  const changeset = index.layers[at?.layer ?? -1];
  const entry = at?.entry ?? 0;
  const columns = columnsOf(tree, width);
  const total = touchedBytes(tree.totals, ROOT);
  const growth = growthOf(tree, node, format);
  const sized = type === 'file' || isDirectory || tree.wasted !== null;
  const values = [
    sized ? sizeText(tree, node, (columns[0]?.width ?? 0) - 1, format) : '',
    sized ? (growth ?? (total > 0 ? format.share(touchedBytes(tree.totals, node) / total) : '')) : '',
    format.mode(type, changeset?.mode[entry] ?? 0o755),
    `${changeset?.uid[entry] ?? 0}:${changeset?.gid[entry] ?? 0}`,
  ];
  const cells = columns
    .map((column, i) =>
      width >= column.from
        ? alignRight(format.cutEnd(values[i] ?? '', column.width - 1), column.width, format)
        : '',
    )
    .join('');
  const indent = indentOf(tree, row, width);
  const arrow = isDirectory ? arrowOf(state.isExpanded(node), format) : '  ';
  const name =
    format.name(index.nameOf(node).subarray(0, width * MAX_CHARACTER_BYTES)) +
    (type === 'directory' ? '/' : '');
  const target =
    type === 'symlink' && changeset !== undefined
      ? ` -> ${format.name(linkTargetOf(changeset, entry).subarray(0, width * MAX_CHARACTER_BYTES))}`
      : '';
  const line: Line = [
    span(`${isCursor ? '>' : ' '}${sign}`, style),
    span(`${cells}  ${' '.repeat(indent)}`, style === 'plain' ? 'plain' : style),
    span(arrow + name, style === 'plain' && isDirectory ? 'directory' : style),
    span(target, style === 'plain' ? 'dim' : style),
  ];
  const fitted = fitLine(line, width, format);
  if (!isCursor) return fitted;
  return restyled(fitted, isFocused ? 'selected' : 'bold');
}

function cellColumns(tree: Tree, width: number): number {
  return columnsOf(tree, width).reduce(
    (sum, { width: columns, from }) => sum + (width >= from ? columns : 0),
    0,
  );
}

function indentOf(tree: Tree, row: number, width: number): number {
  return Math.min(
    (tree.depths[row] ?? 0) * INDENT,
    Math.max(0, width - cellColumns(tree, width) - NAME_COLUMNS),
  );
}

/** Returns whether a column of a row in a pane of `width` columns is that of the arrow before the name. */
export function isAtArrow(tree: Tree, row: number, column: number, width: number): boolean {
  const start = SIGN_COLUMNS + cellColumns(tree, width) + 2 + indentOf(tree, row, width);
  return column >= start && column < start + ARROW_COLUMNS;
}

/** Returns by how much a path and what is below it grew; null where nothing is compared. */
function growthOf({ totals }: Tree, node: number, format: Format): string | null {
  if (totals.bytesBefore === null) return null;
  return signedBytes((totals.bytes[node] ?? 0) - (totals.bytesBefore[node] ?? 0), format);
}

/** Returns the bytes that a row has and those that are deleted, with a minus; their difference where both do not fit. */
function sizeText({ totals }: Tree, node: number, width: number, format: Format): string {
  const deleted = totals.deletedBytes?.[node] ?? 0;
  const bytes = totals.bytes[node] ?? 0;
  const minus = `-${format.bytes(deleted)}`;
  if (deleted === 0) return format.bytes(bytes);
  if (bytes === 0) return minus;
  const both = `${format.bytes(bytes)} ${minus}`;
  return format.width(both) <= width ? both : signedBytes(bytes - deleted, format);
}
