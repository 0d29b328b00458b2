import { duplicatesDocument } from '@layers/insight/duplicates';
import type { ExitStatus } from '../exit-status.js';
import { parseSize } from '../flags/parse-size.js';
import { withAnalysis } from '../input/inputs.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { renderDuplicates } from '../render/duplicates.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface DuplicatesFlags extends ImageFlags {
  readonly top?: number;
  readonly minSize?: string;
}

/** Runs `layers duplicates`: lists files with the same content. */
export function duplicates(image: string, flags: DuplicatesFlags, session: Session): Promise<ExitStatus> {
  const { stderr, signal } = session;
  const { top } = flags;
  const minBytes = flags.minSize === undefined ? undefined : parseSize(flags.minSize);
  return withAnalysis(image, flags, session, { compares: true }, async (analysis) => {
    const wanted = showsProgress(flags, stderr);
    const progress = createProgress(stderr, wanted);
    const onProgress = wanted ? progress.update : undefined;
    const work = duplicatesDocument(analysis, { top, minBytes, signal, onProgress });
    const document = await work.finally(progress.stop);
    return present(
      {
        document,
        items: document.duplicates,
        render: (view) => renderDuplicates(document, view),
        showsFindings: true,
      },
      flags,
      session,
    );
  });
}
