import type { TreeDocument, TreeNode } from '@layers/core/analysis';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import { padStart } from '../output/text-width.js';
import type { View } from '../output/view.js';

const UNICODE = { branch: '├── ', last: '└── ', pass: '│   ', none: '    ' };
const ASCII = { branch: '|-- ', last: '`-- ', pass: '|   ', none: '    ' };

interface Level {
  readonly nodes: readonly TreeNode[];
  next: number;
  /** The text before the branches of this level. */
  readonly margin: string;
}

/** Renders a tree with the size of everything below each directory, as `tree` does. */
export function* renderTree({ tree }: TreeDocument, view: View): Generator<string> {
  const lines = view.unicode ? UNICODE : ASCII;
  const sizeColumns = Math.max(7, view.bytes(tree.sizeBytes).length);
  const size = (node: TreeNode) => padStart(isSized(node) ? view.bytes(node.sizeBytes) : '', sizeColumns);
  yield `${size(tree)}  ${nameOf(tree, view)}\n`;
  // An explicit stack: an image can be deeper than the call stack.
  const open: Level[] = [{ nodes: tree.children ?? [], next: 0, margin: '' }];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const node = level.nodes[level.next++];
    if (node === undefined) {
      open.pop();
      continue;
    }
    const isLast = level.next === level.nodes.length;
    yield `${size(node)}  ${level.margin}${isLast ? lines.last : lines.branch}${nameOf(node, view)}\n`;
    if (node.children !== undefined && node.children.length > 0) {
      open.push({ nodes: node.children, next: 0, margin: level.margin + (isLast ? lines.none : lines.pass) });
    }
  }
  yield `\n${view.bytes(tree.sizeBytes)} in ${counted(tree.files, 'file')}\n`;
}

function isSized({ type }: TreeNode): boolean {
  return type === 'file' || type === 'directory' || type === 'link';
}

function nameOf({ type, name, linkname, files, children }: TreeNode, { colours }: View): string {
  const shown = escapeForTerminal(name);
  if (type === 'symlink') return `${colours.cyan(shown)} -> ${escapeForTerminal(linkname ?? '')}`;
  if (type !== 'directory') return shown;
  const hidden = children === undefined && files > 0 ? colours.dim(`  (${counted(files, 'file')})`) : '';
  return colours.blue(shown.endsWith('/') ? shown : `${shown}/`) + hidden;
}
