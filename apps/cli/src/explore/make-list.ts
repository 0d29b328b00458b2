import {
  type HistoryDocument,
  historyDocument,
  inspectDocument,
  wastedContents,
} from '@layers/core/analysis';
import {
  adviceList,
  duplicatesList,
  type Explorer,
  historyList,
  type ListRows,
  packagesList,
  type Report,
  shiftedRows,
  wasteList,
} from '@layers/explorer';
import { setTime } from '../output/format.js';
import type { Side } from './sides.js';

type Shown = Pick<Explorer, 'image' | 'index' | 'format'>;

/** Makes a report about an image, or one of two, as rows of a list: those of the document of a command. */
export async function listOf(
  report: Exclude<Report, 'image'>,
  side: Side,
  shown: Shown,
  signal: AbortSignal,
): Promise<ListRows> {
  const rows = await rowsOf(report, side, shown, signal);
  const { layers, pair } = shown.image;
  if (pair === undefined) return rows;
  const name = layers[side.first]?.label?.slice(0, 1) ?? '';
  return shiftedRows(rows, { first: side.first, count: side.image.layers.length, name });
}

async function rowsOf(
  report: Exclude<Report, 'image'>,
  side: Side,
  { image, index, format }: Shown,
  signal: AbortSignal,
): Promise<ListRows> {
  const { baseLayers } = side;
  const analysis = side.analysis();
  switch (report) {
    case 'waste':
      return wasteList(wastedContents(analysis, baseLayers), figuresOf(side, image), index, format);
    case 'duplicates': {
      const { duplicatesDocument } = await import('@layers/insight/duplicates');
      return duplicatesList(await duplicatesDocument(analysis, { signal }), index, format);
    }
    case 'advice': {
      const { adviceDocument } = await import('@layers/insight/advise');
      return adviceList(await adviceDocument(analysis, { signal, baseLayers }), index, format);
    }
    case 'packages': {
      const { packagesDocument } = await import('@layers/insight/packages');
      return packagesList(await packagesDocument(analysis.image, { signal }), index, format);
    }
    case 'history':
      return historyList(withSetTimes(historyDocument(analysis.image)), format);
  }
}

function withSetTimes(document: HistoryDocument): HistoryDocument {
  const history = document.history.map((step) => ({ ...step, created: setTime(step.created) }));
  return { ...document, history };
}

/** Returns the bytes of an image; without what its base wastes by itself. */
function figuresOf(
  { analysis, baseLayers }: Side,
  image: Shown['image'],
): Pick<Shown['image'], 'rootfsBytes' | 'wastedBytes' | 'efficiency'> {
  if (image.pair === undefined && baseLayers === 0) return image;
  const { totals, base } = inspectDocument(analysis(), { top: 0, baseLayers });
  return { ...totals, wastedBytes: base?.ownWastedBytes ?? totals.wastedBytes };
}
