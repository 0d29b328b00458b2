import { declaredHistoryDocument, type HistoryDocument, historyDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { describedImage } from '../input/described-input.js';
import { withImage } from '../input/inputs.js';
import type { View } from '../output/view.js';
import { renderHistory } from '../render/history.js';
import { present, presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { writeTemplateText } from '../template/write-template-text.js';

export interface HistoryFlags extends ImageFlags {
  readonly layers?: boolean;
  readonly format?: string;
}

/** Runs `layers history`: lists the build steps of an image, with layers and sizes. */
export async function history(image: string, flags: HistoryFlags, session: Session): Promise<ExitStatus> {
  const described = flags.layers === true ? null : await describedImage(image, flags, session);
  if (described !== null) {
    const { archive, description } = described;
    return presentHistory(declaredHistoryDocument(archive, description), flags, session);
  }
  return withImage(image, flags, session, {}, (read) =>
    presentHistory(historyDocument(read), flags, session),
  );
}

function presentHistory(
  document: HistoryDocument,
  flags: HistoryFlags,
  session: Session,
): Promise<ExitStatus> {
  if (flags.format !== undefined) return writeFormat(document, flags.format, flags, session);
  const render = (view: View) => renderHistory(document, view);
  return present({ document, items: document.history, render, showsFindings: false }, flags, session);
}

/** Prints a template over each step, as docker does. */
async function writeFormat(
  document: HistoryDocument,
  format: string,
  flags: HistoryFlags,
  session: Session,
): Promise<ExitStatus> {
  const { RowTemplate } = await import('../template/row-template.js');
  const { STEP_TITLES, stepTemplateRows } = await import('../template/docker-rows.js');
  const rows = stepTemplateRows(document, { noTrunc: flags.trunc === false, now: Date.now() });
  await writeTemplateText(
    new RowTemplate(format).text(rows, 'formatter.historyContext', STEP_TITLES),
    session,
  );
  return presentFindings(document.findings, flags, session);
}
