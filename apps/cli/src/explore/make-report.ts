import {
  type Analysis,
  allFindings,
  historyDocument,
  imageInfo,
  SCHEMA_VERSION,
  wasteDocument,
} from '@layers/core/analysis';
import { runEventLoop } from '@layers/core/io';
import type { Report } from '@layers/explorer';
import { type View, viewOf } from '../output/view.js';
import { renderAdvice } from '../render/advice.js';
import { renderConfig } from '../render/config.js';
import { renderDuplicates } from '../render/duplicates.js';
import { renderHistory } from '../render/history.js';
import { renderPackages } from '../render/packages.js';
import { renderWaste } from '../render/waste.js';
import type { Session } from '../session.js';
import { MAX_VIEW_BYTES } from './read-content.js';

/** Text between two pauses. */
const PIECE = 64 * 1024;

/** Returns a report about an image as text for a screen of `width` columns: what a command prints. */
export async function makeReport(
  report: Report,
  analysis: Analysis,
  width: number,
  { env }: Session,
  signal: AbortSignal,
): Promise<string> {
  const view = { ...viewOf({}, env, { color: 'never' }), width };
  let text = '';
  let paused = 0;
  for await (const piece of piecesOf(report, analysis, view, signal)) {
    text += piece;
    if (text.length - paused < PIECE) continue;
    await runEventLoop(signal);
    paused = text.length;
    if (text.length > MAX_VIEW_BYTES) return `${text}\n… and more: layers ${report} IMAGE prints all\n`;
  }
  return text;
}

async function* piecesOf(
  report: Report,
  analysis: Analysis,
  view: View,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (report === 'waste') yield* renderWaste(wasteDocument(analysis), { top: Infinity, all: false }, view);
  else if (report === 'duplicates') {
    const { duplicatesDocument } = await import('@layers/insight/duplicates');
    yield* renderDuplicates(await duplicatesDocument(analysis, { signal }), view);
  } else if (report === 'advice') {
    const { adviceDocument } = await import('@layers/insight/advise');
    yield* renderAdvice(await adviceDocument(analysis, { signal }), view);
  } else if (report === 'packages') {
    const { packagesDocument } = await import('@layers/insight/packages');
    yield* renderPackages(await packagesDocument(analysis.image, { signal }), view);
  } else {
    const { image } = analysis;
    const findings = allFindings(analysis);
    yield* renderConfig(
      {
        schemaVersion: SCHEMA_VERSION,
        source: image.archive.source,
        image: imageInfo(image.description),
        findings,
      },
      view,
    );
    yield '\nHistory\n';
    yield* renderHistory(historyDocument(image), view);
  }
}
