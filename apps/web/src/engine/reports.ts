import type { Analysis } from '@layers/core/analysis';
import { adviceBeside } from '@layers/insight/advise';
import { duplicatesDocument } from '@layers/insight/duplicates';
import type { PathEvents } from '@layers/insight/events';
import { packagesDocument } from '@layers/insight/packages';
import { documentSecrets } from '@layers/insight/secrets';
import { imageReport, pathOwners } from '@layers/report/collect';
import type { ReportData } from '@layers/report/data';
import type { Progress } from '../messages/messages.js';

/** What a report has in any case. Nothing is redacted: only who has the image sees the page. */
const COMMON = { baseLayers: 0, redact: null };

/** Returns the report of an image without what needs the contents of files. */
export function quickReport(analysis: Analysis, events: PathEvents): ReportData {
  const documents = { advice: null, duplicates: null, packages: null, ownerOf: () => null };
  return imageReport(analysis, events, { ...COMMON, ...documents });
}

/** Returns the whole report of an image. Reads contents. Throws LayersError. */
export async function wholeReport(
  analysis: Analysis,
  events: PathEvents,
  onProgress: (progress: Progress) => void,
): Promise<ReportData> {
  const { image, union } = analysis;
  const secrets = { ...documentSecrets(image), secretsIn: 'names' as const };
  return imageReport(analysis, events, {
    ...COMMON,
    advice: await adviceBeside(secrets, analysis, { onProgress }),
    duplicates: await duplicatesDocument(analysis, { onProgress }),
    packages: await packagesDocument(image, { onProgress }),
    ownerOf: await pathOwners(image, union),
  });
}

/** Returns the memory that a report can be moved with, in place of a copy. */
export function buffersOf({ columns }: ReportData): ArrayBuffer[] {
  return Object.values(columns).flatMap((column) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  );
}
