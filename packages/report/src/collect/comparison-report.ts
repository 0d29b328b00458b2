import { type Analysis, historyDocument, type InspectDocument, inspectDocument } from '@layers/core/analysis';
import type { DiffDocument } from '@layers/core/diff';
import { REPORT_VERSION, type ReportData, type ReportFacts } from '../data/report-data.js';
import { comparisonColumns, type OwnerOfChange } from './comparison-columns.js';
import { type RedactText, redactFacts } from './redact.js';

/** What a report about two images shows besides what differs. */
export interface ComparisonDocuments {
  /** The sums of A. */
  readonly before: InspectDocument['totals'];
  readonly ownerOf: OwnerOfChange;
  /** Removes secrets from texts; null to show all values. */
  readonly redact: RedactText | null;
}

const NO_TOTALS = { added: 0, removed: 0, changed: 0, renamed: 0, deltaBytes: 0 };

/**
 * Returns what the page about two images shows.
 *
 * @param analysis that of B
 * @param diff the differences, with files
 */
export function comparisonReport(
  analysis: Analysis,
  diff: DiffDocument,
  { before, ownerOf, redact }: ComparisonDocuments,
): ReportData {
  const { identical, byDeclaredDigests, a, b, ignored, layers, config, history, packages } = diff;
  const totals = diff.totals ?? NO_TOTALS;
  const count = totals.added + totals.removed + totals.changed + totals.renamed;
  const inspect = inspectDocument(analysis, { top: 0 });
  const { columns, owners, fields, moved } = comparisonColumns(
    diff.files ?? [],
    count,
    inspect.layers.length,
    ownerOf,
  );
  const sides = { identical, byDeclaredDigests, a, b, ignored, totals, before };
  const facts: ReportFacts = {
    version: REPORT_VERSION,
    inspect: { ...inspect, findings: diff.findings },
    history: historyDocument(analysis.image).history,
    advice: null,
    duplicates: null,
    packages: null,
    owners,
    attributes: [],
    showsValues: redact === null,
    comparison: { ...sides, fields, moved, layers, config, history, packages },
  };
  return { facts: redact === null ? facts : redactFacts(facts, redact), columns };
}
