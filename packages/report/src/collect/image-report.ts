import { type Analysis, historyDocument, inspectDocument } from '@layers/core/analysis';
import type { AdviceDocument } from '@layers/insight/advise';
import type { DuplicatesDocument } from '@layers/insight/duplicates';
import type { PathEvents } from '@layers/insight/events';
import type { PackagesDocument } from '@layers/insight/packages';
import {
  REPORT_VERSION,
  type ReportData,
  type ReportDuplicates,
  type ReportFacts,
} from '../data/report-data.js';
import { imageColumns, type OwnerOf } from './image-columns.js';
import { type RedactText, redactFacts } from './redact.js';

/** The documents that a report shows besides the paths. Null for those that were not made. */
export interface ReportDocuments {
  readonly advice: AdviceDocument | null;
  readonly duplicates: Pick<DuplicatesDocument, 'totals' | 'duplicates'> | null;
  readonly packages: PackagesDocument | null;
  /** The layers of the base image; 0 where it is not known. */
  readonly baseLayers: number;
  readonly ownerOf: OwnerOf;
  /** Removes secrets from texts; null to show all values. */
  readonly redact: RedactText | null;
}

/** Enough to see them all in most images. */
const MAX_DUPLICATES = 1000;
const MAX_COPIES = 20;

/**
 * Returns what the page about an image shows.
 *
 * @param analysis that of the layers which `events` merged
 */
export function imageReport(analysis: Analysis, events: PathEvents, documents: ReportDocuments): ReportData {
  const { advice, duplicates, packages, baseLayers, ownerOf, redact } = documents;
  const { columns, attributes, owners } = imageColumns(analysis, events, ownerOf);
  const facts: ReportFacts = {
    version: REPORT_VERSION,
    inspect: inspectDocument(analysis, { top: 0, baseLayers }),
    history: historyDocument(analysis.image).history,
    advice: advice === null ? null : { advice: advice.advice, totals: advice.totals },
    duplicates: duplicates === null ? null : largestDuplicates(duplicates),
    packages:
      packages === null
        ? null
        : { packages: packages.packages, totals: packages.totals, distribution: packages.distribution },
    owners,
    attributes,
    showsValues: redact === null,
    comparison: null,
  };
  return { facts: redact === null ? facts : redactFacts(facts, redact), columns };
}

/** Returns the duplicates that a report shows. They do not refer to the analysis, as those of a document do. */
export function largestDuplicates({
  totals,
  duplicates,
}: Pick<DuplicatesDocument, 'totals' | 'duplicates'>): ReportDuplicates {
  const largest: ReportDuplicates['duplicates'][number][] = [];
  for (const duplicate of duplicates) {
    if (largest.length === MAX_DUPLICATES) break;
    largest.push({ ...duplicate, files: duplicate.files.slice(0, MAX_COPIES) });
  }
  return { totals, duplicates: largest };
}
