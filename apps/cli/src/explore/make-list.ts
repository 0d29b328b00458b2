import { type Analysis, historyDocument, wastedContents } from '@layers/core/analysis';
import {
  adviceList,
  duplicatesList,
  type Explorer,
  historyList,
  type ListRows,
  packagesList,
  type Report,
  wasteList,
} from '@layers/explorer';

/** Makes a report about an image as rows of a list: those of the document of a command. */
export async function listOf(
  report: Exclude<Report, 'image'>,
  analysis: Analysis,
  { image, index, format }: Pick<Explorer, 'image' | 'index' | 'format'>,
  signal: AbortSignal,
): Promise<ListRows> {
  switch (report) {
    case 'waste':
      return wasteList(wastedContents(analysis), image, index, format);
    case 'duplicates': {
      const { duplicatesDocument } = await import('@layers/insight/duplicates');
      return duplicatesList(await duplicatesDocument(analysis, { signal }), index, format);
    }
    case 'advice': {
      const { adviceDocument } = await import('@layers/insight/advise');
      return adviceList(await adviceDocument(analysis, { signal }), index, format);
    }
    case 'packages': {
      const { packagesDocument } = await import('@layers/insight/packages');
      return packagesList(await packagesDocument(analysis.image, { signal }), index, format);
    }
    case 'history':
      return historyList(historyDocument(analysis.image), format);
  }
}
