import { wasteDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { withAnalysis } from '../input/inputs.js';
import { present } from '../render/present.js';
import { renderWaste } from '../render/waste.js';
import type { ImageFlags, Session } from '../session.js';

/** Runs `layers waste`: lists wasted files, with the layers that stored and removed them. */
export function waste(image: string, flags: ImageFlags, session: Session): Promise<ExitStatus> {
  return withAnalysis(image, flags, session, {}, (analysis) => {
    const document = wasteDocument(analysis);
    return present(
      { document, items: document.waste, render: (view) => renderWaste(document, view), showsFindings: true },
      flags,
      session,
    );
  });
}
