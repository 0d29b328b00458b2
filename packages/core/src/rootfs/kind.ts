/** The kind of a changeset's entry. Markers (`whiteout`, `opaque`) and ignored entries are never in the tree. */
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

/** The type of a path in a root file system, as documents name it. */
export type NodeType = 'file' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

const NODE_TYPES: ReadonlyMap<number, NodeType> = new Map([
  [Kind.file, 'file'],
  [Kind.symlink, 'symlink'],
  [Kind.char, 'char'],
  [Kind.block, 'block'],
  [Kind.directory, 'directory'],
  [Kind.fifo, 'fifo'],
]);

/** Returns the type of an entry in the tree; null for links, markers and ignored entries. */
export function nodeTypeOf(kind: number): NodeType | null {
  return NODE_TYPES.get(kind) ?? null;
}
