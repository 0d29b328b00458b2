import { FORCE } from '../options.js';
import type { OptionRecord } from '../record.js';

/** The reports of `layers check`. */
export const CHECK_REPORT_OPTIONS: readonly OptionRecord[] = [
  { flags: '--junit <FILE>', summary: 'write JUnit XML to a file, or - for standard output' },
  { flags: '--sarif <FILE>', summary: 'write SARIF 2.1.0, for code scanning' },
  { flags: '--markdown <FILE>', summary: 'write Markdown, for a comment of a pull request' },
  { flags: '--github', summary: 'add annotations and a summary to the run of GitHub Actions' },
  FORCE,
];
