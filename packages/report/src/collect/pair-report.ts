import { analyse, inspectDocument } from '@layers/core/analysis';
import type { DiffDocument } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import type { ReportData } from '../data/report-data.js';
import { comparisonReport } from './comparison-report.js';
import { changeOwners } from './path-owners.js';
import type { RedactText } from './redact.js';

/**
 * Returns what the page about two images shows. Reads the package databases of B. Throws as reading contents does.
 *
 * @param diff the differences, with files
 * @param redact null to show all values
 */
export async function pairReport(
  a: ReadImage,
  b: ReadImage,
  diff: DiffDocument,
  redact: RedactText | null,
): Promise<ReportData> {
  const { totals: before } = inspectDocument(analyse(a), { top: 0 });
  const analysis = analyse(b);
  const ownerOf = await changeOwners({ image: b, union: analysis.union }, diff.files ?? []);
  return comparisonReport(analysis, diff, { before, ownerOf, redact });
}
