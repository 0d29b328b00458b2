import type { TreeDocument, TreeNode } from '@layers/core/analysis';
import { escapeForTerminal } from '../output/escape.js';
import { counted, percent } from '../output/format.js';
import { padStart } from '../output/text-width.js';
import type { View } from '../output/view.js';

const UNICODE = { branch: '├── ', last: '└── ', pass: '│   ', none: '    ' };
const ASCII = { branch: '|-- ', last: '`-- ', pass: '|   ', none: '    ' };

/** How the entries of a directory are shown. */
export interface TreeOrder {
  readonly sort: 'size' | 'name';
  /** The most entries of a directory, or all; the rest is summed up in one line. Absent: small entries are summed up. */
  readonly top?: number | undefined;
}

/** Entries with a smaller share of the whole are small. */
const SMALL_SHARE = 0.001;

/** Directories with so few entries are shown whole. */
const FEW = 10;

interface Level {
  readonly nodes: readonly TreeNode[];
  /** The entries that are summed up. */
  readonly others: readonly TreeNode[];
  next: number;
  /** The text before the branches of this level. */
  readonly margin: string;
}

/**
 * Renders a tree with the size of everything below each directory, and its share of the whole, as `tree` does. The sizes of
 * siblings may add up to more than that of their directory, which counts a file with several hard links once.
 */
export function* renderTree({ tree, waste }: TreeDocument, order: TreeOrder, view: View): Generator<string> {
  const least = tree.sizeBytes * SMALL_SHARE;
  const lines = view.unicode ? UNICODE : ASCII;
  const sizeColumns = Math.max(7, view.bytes(tree.sizeBytes).length);
  const column = (bytes: number) => {
    const share = tree.sizeBytes === 0 ? '' : percent(bytes / tree.sizeBytes);
    return `${padStart(view.bytes(bytes), sizeColumns)}  ${padStart(share, SHARE_COLUMNS)}`;
  };
  const blank = ' '.repeat(column(0).length);
  const size = (node: TreeNode) => (isSized(node) ? column(ownBytes(node)) : blank);
  yield `${size(tree)}  ${nameOf(tree, view)}\n`;
  // An explicit stack: an image can be deeper than the call stack.
  const open: Level[] = [levelOf(tree, order, least, '')];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const node = level.nodes[level.next++];
    if (node === undefined) {
      open.pop();
      if (level.others.length > 0)
        yield `${column(sumOf(level.others))}  ${level.margin}${lines.last}${othersText(level, view)}\n`;
      continue;
    }
    const isLast = level.next === level.nodes.length && level.others.length === 0;
    yield `${size(node)}  ${level.margin}${isLast ? lines.last : lines.branch}${nameOf(node, view)}\n`;
    if (node.children !== undefined && node.children.length > 0) {
      open.push(levelOf(node, order, least, level.margin + (isLast ? lines.none : lines.pass)));
    }
  }
  yield `\n${view.bytes(tree.sizeBytes)} ${waste ? 'wasted ' : ''}in ${counted(tree.files, 'file')}\n`;
}

/** `100.0 %` */
const SHARE_COLUMNS = 7;

function levelOf(
  { children = [] }: TreeNode,
  { sort, top }: TreeOrder,
  least: number,
  margin: string,
): Level {
  const nodes = sort === 'name' ? children : [...children].sort(bySize);
  if (top === undefined) {
    if (nodes.length <= FEW) return { nodes, others: [], next: 0, margin };
    const others = nodes.filter((node) => isSmall(node, least));
    // A line that says "1 more" takes as much room as the entry.
    if (others.length > 1) {
      return { nodes: nodes.filter((node) => !isSmall(node, least)), others, next: 0, margin };
    }
  }
  const shown = top === undefined || nodes.length === top + 1 ? nodes.length : top;
  return { nodes: nodes.slice(0, shown), others: nodes.slice(shown), next: 0, margin };
}

/** The largest first, and the other names of a file behind all that have bytes of their own. */
function bySize(a: TreeNode, b: TreeNode): number {
  return ownBytes(b) - ownBytes(a);
}

/** Whether an entry adds next to nothing. What a layer removes is always shown. */
function isSmall(node: TreeNode, least: number): boolean {
  return node.type !== 'whiteout' && node.type !== 'opaque' && ownBytes(node) < least;
}

/** The bytes that an entry adds to its directory. */
function ownBytes({ sizeBytes, sameFileAs }: TreeNode): number {
  return sameFileAs === undefined ? sizeBytes : 0;
}

function sumOf(nodes: readonly TreeNode[]): number {
  return nodes.reduce((sum, node) => sum + ownBytes(node), 0);
}

function othersText({ nodes, others }: Level, { colours, ellipsis }: View): string {
  const more = nodes.length > 0 ? 'more ' : '';
  return colours.dim(`${ellipsis} ${counted(others.length, `${more}entry`, `${more}entries`)}`);
}

function isSized({ type }: TreeNode): boolean {
  return type === 'file' || type === 'directory' || type === 'link';
}

function nameOf({ type, name, linkname, sameFileAs, files, children }: TreeNode, { colours }: View): string {
  const shown = escapeForTerminal(name);
  if (sameFileAs !== undefined)
    return shown + colours.dim(`  (a hard link to ${escapeForTerminal(sameFileAs)})`);
  if (type === 'symlink') return `${colours.cyan(shown)} -> ${escapeForTerminal(linkname ?? '')}`;
  if (type !== 'directory') return shown;
  const hidden = children === undefined && files > 0 ? colours.dim(`  (${counted(files, 'file')})`) : '';
  return colours.blue(shown.endsWith('/') ? shown : `${shown}/`) + hidden;
}
