import { type Analysis, declaredInspectDocument, inspectDocument } from '@layers/core/analysis';
import type { ShortAdvice } from '@layers/insight/advise/best';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import type { InspectFlags } from '../flags/inspect-flags.js';
import { baseLayersOf } from '../input/base-layers.js';
import { type DescribedImage, describedImage } from '../input/described-input.js';
import { isFolder } from '../input/folder-names.js';
import { withAnalysis } from '../input/inputs.js';
import { type InspectAnswer, KeptInspect, showsAdvice } from '../input/kept-inspect.js';
import { renderDeclaredInspect } from '../render/declared-inspect.js';
import { renderInspect } from '../render/inspect.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers inspect`: shows an image, its layers, and what each adds and wastes; or a table of several images. */
export async function inspect(
  images: readonly string[],
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  const [image = '-'] = images;
  if (flags.format !== undefined) {
    const { inspectFormat } = await import('./inspect-format.js');
    return inspectFormat(images, flags.format.text, flags, session);
  }
  if (images.length > 1 || flags.all === true || isFolder(image)) {
    if (flags.image !== undefined)
      throw usageError('--image selects an image of one archive', 'name one archive, or leave out --image');
    const { inspectMany } = await import('./inspect-many.js');
    return inspectMany(images, flags, session);
  }
  const { verify = false, layers = false, base } = flags;
  const described =
    verify || layers || base !== undefined ? null : await describedImage(image, flags, session);
  if (described !== null) return presentDeclared(described, flags, session);
  const kept = KeptInspect.of(image, flags, session);
  const found = kept?.find() ?? null;
  if (found !== null) return presentAnswer(found, flags, session);
  return withAnalysis(image, flags, session, { verify, listed: true }, async (analysis, inputs) => {
    const baseLayers = await baseLayersOf(analysis.image, base, inputs);
    const document = inspectDocument(analysis, { top: flags.top, baseLayers });
    const advice = showsAdvice(flags) ? await shortAdvice(analysis, baseLayers) : [];
    const status = await presentAnswer({ document, advice }, flags, session);
    kept?.keep({ document, advice });
    return status;
  });
}

function presentAnswer(
  { document, advice }: InspectAnswer,
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  return present(
    {
      document,
      items: [document],
      render: (view) => renderInspect(document, advice, view),
      showsFindings: true,
    },
    flags,
    session,
  );
}

async function shortAdvice(analysis: Analysis, baseLayers: number): Promise<readonly ShortAdvice[]> {
  // Without the rules for secrets, which other advice needs.
  const { bestAdvice } = await import('@layers/insight/advise/best');
  return bestAdvice(analysis, MOST_ADVICE, baseLayers);
}

const MOST_ADVICE = 3;

function presentDeclared(
  { archive, description, others }: DescribedImage,
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  const document = declaredInspectDocument(archive, description, others);
  return present(
    {
      document,
      items: [document],
      render: (view) => renderDeclaredInspect(document, view),
      showsFindings: true,
    },
    flags,
    session,
  );
}
