import { historyDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { withImage } from '../input/inputs.js';
import type { View } from '../output/view.js';
import { renderHistory } from '../render/history.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers history`: lists the build steps of an image, with layers and sizes. */
export function history(image: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  return withImage(image, flags, session, {}, (read) => {
    const document = historyDocument(read);
    const render = (view: View) => renderHistory(document, view);
    return present({ document, items: document.history, render, showsFindings: false }, flags, session);
  });
}
