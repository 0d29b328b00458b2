import type { ROW_TABLES } from './row-tables.js';

/** Commands that print a template once, over their document. */
export type DocumentCommand =
  | 'inspect'
  | 'diff'
  | 'verify'
  | 'dockerfile'
  | 'manifest'
  | 'digest'
  | 'store'
  | 'cache'
  | 'bench'
  | 'check';

/** Commands with `--format` for templates. */
export type FormatCommand = keyof typeof ROW_TABLES | DocumentCommand;
