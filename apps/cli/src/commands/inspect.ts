import { inspectDocument } from '@layers/core/analysis';
import type { ExitStatus } from '../exit-status.js';
import { withAnalysis } from '../input/inputs.js';
import { renderInspect } from '../render/inspect.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface InspectFlags extends ImageFlags {
  readonly top: number;
  readonly verify?: boolean;
}

/** Runs `layers inspect`: shows an image, its layers, and what each adds and wastes. */
export function inspect(image: string, flags: InspectFlags, session: Session): Promise<ExitStatus> {
  const reading = { verify: flags.verify ?? false };
  return withAnalysis(image, flags, session, reading, (analysis) => {
    const document = inspectDocument(analysis, { top: flags.top });
    return present(
      { document, render: (view) => renderInspect(document, view), showsFindings: true },
      flags,
      session,
    );
  });
}
