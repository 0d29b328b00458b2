import { type Analysis, declaredInspectDocument, inspectDocument } from '@layers/core/analysis';
import type { ShortAdvice } from '@layers/insight/advise';
import type { ExitStatus } from '../exit-status.js';
import { type DescribedImage, describedImage } from '../input/described-input.js';
import { withAnalysis } from '../input/inputs.js';
import { renderDeclaredInspect } from '../render/declared-inspect.js';
import { renderInspect } from '../render/inspect.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface InspectFlags extends ImageFlags {
  readonly top: number;
  readonly verify?: boolean;
  readonly layers?: boolean;
}

/** Runs `layers inspect`: shows an image, its layers, and what each adds and wastes. */
export async function inspect(image: string, flags: InspectFlags, session: Session): Promise<ExitStatus> {
  const { verify = false, layers = false } = flags;
  const described = verify || layers ? null : await describedImage(image, flags, session);
  if (described !== null) return presentDeclared(described, flags, session);
  return withAnalysis(image, flags, session, { verify }, async (analysis) => {
    const document = inspectDocument(analysis, { top: flags.top });
    const advice = flags.json === true ? [] : await shortAdvice(analysis);
    return present(
      { document, render: (view) => renderInspect(document, advice, view), showsFindings: true },
      flags,
      session,
    );
  });
}

async function shortAdvice(analysis: Analysis): Promise<readonly ShortAdvice[]> {
  const { bestAdvice } = await import('@layers/insight/advise');
  return bestAdvice(analysis, MOST_ADVICE);
}

const MOST_ADVICE = 3;

function presentDeclared(
  { archive, description, others }: DescribedImage,
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  const document = declaredInspectDocument(archive, description, others);
  return present(
    { document, render: (view) => renderDeclaredInspect(document, view), showsFindings: true },
    flags,
    session,
  );
}
