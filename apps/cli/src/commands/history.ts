import { declaredHistoryDocument, type HistoryDocument, historyDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { describedImage } from '../input/described-input.js';
import { withImage } from '../input/inputs.js';
import type { View } from '../output/view.js';
import { renderHistory } from '../render/history.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface HistoryFlags extends ImageFlags {
  readonly layers?: boolean;
}

/** Runs `layers history`: lists the build steps of an image, with layers and sizes. */
export async function history(image: string, flags: HistoryFlags, session: Session): Promise<ExitStatus> {
  const described = flags.layers === true ? null : await describedImage(image, flags, session);
  if (described !== null) {
    const { archive, description } = described;
    return presentHistory(declaredHistoryDocument(archive, description), flags, session);
  }
  return withImage(image, flags, session, { reuses: true, listed: true }, (read) =>
    presentHistory(historyDocument(read), flags, session),
  );
}

function presentHistory(
  document: HistoryDocument,
  flags: HistoryFlags,
  session: Session,
): Promise<ExitStatus> {
  const render = (view: View) => renderHistory(document, view);
  const { image, history: items } = document;
  // Only the image itself has an id. Without layers, docker shows no bytes.
  const rows = items.map((step, i) => ({
    ...step,
    imageId: i === 0 ? image.id : null,
    tags: i === 0 ? image.tags : [],
    zero: 0,
  }));
  return present({ document, items, rows, render, showsFindings: false }, flags, session);
}
