import { readFileSync, statSync } from 'node:fs';
import type { Finding } from '@layers/core/findings';
import { reading } from '@layers/core/io';
import { type BudgetFile, type Budgets, parseBudgetFile, parseDiveFile } from '@layers/insight/check';

/** Read in the working directory where no option names another file. */
const BUDGET_FILE = '.layers.yaml';
const DIVE_FILE = '.dive-ci';

/** The files with budgets, as options name them. */
export interface BudgetFileNames {
  readonly config?: string;
  readonly ciConfig?: string;
}

/** What the files with budgets say. */
export interface FoundBudgets {
  /** Those of `.layers.yaml`; null without the file. */
  readonly file: BudgetFile | null;
  /** Those of `.dive-ci`, with the defaults of dive; null without the file. */
  readonly dive: Budgets | null;
  readonly findings: readonly Finding[];
}

/** Returns the paths of the files with budgets, also those of files that may be missing. */
export function budgetFilePaths({ config, ciConfig }: BudgetFileNames): readonly string[] {
  return [config ?? BUDGET_FILE, ciConfig ?? DIVE_FILE];
}

/**
 * Reads the files with budgets. A file that no option names may be missing.
 *
 * @throws LayersError ERR_LAYERS_READ, ERR_LAYERS_BUDGETS
 */
export async function readBudgetFiles({ config, ciConfig }: BudgetFileNames): Promise<FoundBudgets> {
  const text = config === undefined ? textIfThere(BUDGET_FILE) : textOf(config);
  const diveText = ciConfig === undefined ? textIfThere(DIVE_FILE) : textOf(ciConfig);
  const dive = diveText === null ? null : await parseDiveFile(diveText, ciConfig ?? DIVE_FILE);
  return {
    file: text === null ? null : await parseBudgetFile(text, config ?? BUDGET_FILE),
    dive: dive?.budgets ?? null,
    findings: dive?.findings ?? [],
  };
}

/** A pipe is what a shell makes of `--config <(…)`. */
function textOf(path: string): string {
  return reading(path, () => {
    const kind = statSync(path);
    return readText(path, kind.isFile() || kind.isFIFO() || kind.isDirectory());
  });
}

/** A pipe or device that nobody named would keep the command waiting, or never end. */
function textIfThere(path: string): string | null {
  return reading(path, () => {
    const kind = statSync(path, { throwIfNoEntry: false });
    return kind === undefined ? null : readText(path, kind.isFile() || kind.isDirectory());
  });
}

/** A directory gets the error of the system. */
function readText(path: string, isReadable: boolean): string {
  if (isReadable) return readFileSync(path, 'utf8');
  throw new Error('not a regular file');
}
