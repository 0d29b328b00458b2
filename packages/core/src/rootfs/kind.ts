/** What an entry of a changeset is. Markers and refused entries are members of the tar, never of the tree. */
export const Kind = {
  ignored: 0,
  file: 1,
  link: 2,
  symlink: 3,
  char: 4,
  block: 5,
  directory: 6,
  fifo: 7,
  whiteout: 8,
  opaque: 9,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** The types of things in a root file system, as every output names them. */
export type NodeType = 'file' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

const NODE_TYPES: ReadonlyMap<number, NodeType> = new Map([
  [Kind.file, 'file'],
  [Kind.symlink, 'symlink'],
  [Kind.char, 'char'],
  [Kind.block, 'block'],
  [Kind.directory, 'directory'],
  [Kind.fifo, 'fifo'],
]);

/** The type of an entry that can stand in the tree, or null for links, markers and refused entries. */
export function nodeTypeOf(kind: number): NodeType | null {
  return NODE_TYPES.get(kind) ?? null;
}
