/** The types that `--type` takes: the letters of find(1), and the words of the documents. */
export const FIND_TYPES = [
  'f',
  'file',
  'd',
  'directory',
  'l',
  'symlink',
  'c',
  'char',
  'b',
  'block',
  'p',
  'fifo',
] as const;
export type FindType = (typeof FIND_TYPES)[number];
