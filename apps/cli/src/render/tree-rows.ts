import type { TreeDocument, TreeNode } from '@layers/core/analysis';

/** A path of a tree, in a list. */
export interface TreeRow extends Omit<TreeNode, 'children'> {
  readonly path: string;
  /** 0 for the path that the tree begins with. */
  readonly depth: number;
}

/** A directory whose children are being listed. */
interface Level {
  readonly children: Iterator<TreeNode>;
  readonly path: string;
}

/** Returns the paths of a tree in its order. They are made while they are read. */
export function treeRows({ path, tree }: TreeDocument): Iterable<TreeRow> {
  return {
    *[Symbol.iterator]() {
      yield rowOf(tree, path, 0);
      // An explicit stack: an image can be deeper than the call stack.
      const open: Level[] = [levelOf(tree, path)];
      for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
        const { done, value: node } = level.children.next();
        if (done === true) open.pop();
        else {
          const below = level.path === '/' ? `/${node.name}` : `${level.path}/${node.name}`;
          yield rowOf(node, below, open.length);
          if (node.children !== undefined) open.push(levelOf(node, below));
        }
      }
    },
  };
}

function levelOf({ children = [] }: TreeNode, path: string): Level {
  return { children: children.values(), path };
}

function rowOf({ children: _, ...node }: TreeNode, path: string, depth: number): TreeRow {
  return { ...node, path, depth };
}
