import { analyse } from '@layers/core/analysis';
import { readImage } from '@layers/core/image';
import { adviceDocument } from '@layers/insight/advise';
import type { ExitStatus } from '../exit-status.js';
import { parseSize } from '../flags/parse-size.js';
import { baseLayersOf } from '../input/base-layers.js';
import { withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import { renderAdvice } from '../render/advice.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface AdviseFlags extends ImageFlags {
  readonly base?: string;
  readonly minSize?: string;
}

/** Runs `layers advise`: shows what to change in the Dockerfile. */
export function advise(image: string, flags: AdviseFlags, session: Session): Promise<ExitStatus> {
  const { signal } = session;
  const minBytes = flags.minSize === undefined ? undefined : parseSize(flags.minSize);
  const input = findInput(image, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const { archive, options, endProgress } = await inputs.open(input, flags, {});
    const read = await readImage(archive, chooseImage(archive, input, flags), options);
    const baseLayers = await baseLayersOf(read, flags.base, inputs);
    const { onProgress } = options;
    const document = await adviceDocument(analyse(read), { baseLayers, minBytes, signal, onProgress });
    endProgress();
    return present(
      { document, render: (view) => renderAdvice(document, view), showsFindings: true },
      flags,
      session,
    );
  });
}
