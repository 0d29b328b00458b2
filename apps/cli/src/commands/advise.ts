import { analyse } from '@layers/core/analysis';
import { type ReadImage, readImage } from '@layers/core/image';
import { formatPlatform, type Platform } from '@layers/core/oci';
import { adviceDocument } from '@layers/insight/advise';
import type { ExitStatus } from '../exit-status.js';
import { parseSize } from '../flags/parse-size.js';
import { baseLayersOf } from '../input/base-layers.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput, type ImageChoice } from '../input/open-input.js';
import { renderAdvice } from '../render/advice.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface AdviseFlags extends ImageFlags {
  readonly base?: string;
  readonly minSize?: string;
  readonly secrets?: boolean;
  readonly history?: readonly string[];
}

/** Runs `layers advise`: shows what to change in the Dockerfile. */
export function advise(image: string, flags: AdviseFlags, session: Session): Promise<ExitStatus> {
  const { signal } = session;
  const { secrets = false, history = [] } = flags;
  const minBytes = flags.minSize === undefined ? undefined : parseSize(flags.minSize);
  const input = findInput(image, flags, session);
  const contents = secrets || history.length > 0;
  return withInputs(flags, session, async (inputs) => {
    const { archive, options, endProgress } = await inputs.open(input, flags, {
      contents,
      compares: true,
      reuses: true,
    });
    const read = await readImage(archive, chooseImage(archive, input, flags), options);
    const baseLayers = await baseLayersOf(read, flags.base, inputs);
    const { onProgress } = options;
    const older: ReadImage[] = [];
    for (const name of history) older.push(await readVersion(name, read.description.platform, inputs));
    const request = { baseLayers, minBytes, secrets, signal, onProgress };
    const document = await adviceDocument(analyse(read), request, older);
    endProgress();
    return present(
      {
        document,
        rows: document.advice,
        render: (view) => renderAdvice(document, view),
        showsFindings: true,
      },
      flags,
      session,
    );
  });
}

/** Reads an earlier version of an image, for the same platform. */
async function readVersion(name: string, platform: Platform | null, inputs: Inputs): Promise<ReadImage> {
  const choice: ImageChoice = platform === null ? {} : { platform: formatPlatform(platform) };
  const input = findInput(name, choice, inputs.session);
  const { archive, options, endProgress } = await inputs.open(input, choice, {
    contents: true,
    reuses: true,
  });
  const image = await readImage(archive, chooseImage(archive, input, choice), options);
  endProgress();
  return image;
}
