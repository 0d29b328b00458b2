import { createFinding, type Finding } from '@layers/core/findings';
import { type ReadImage, readImage } from '@layers/core/image';
import { formatPlatform } from '@layers/core/oci';
import { type ErrorCode, isLayersError } from '@layers/errors';
import { rechunkedImage } from '@layers/rewrite/change';
import { timeFromEpoch } from '@layers/rewrite/config';
import type { ExitStatus } from '../exit-status.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { layerPosition } from '../flags/layer-flag.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import type { Session } from '../session.js';
import type { Changed } from '../write/changed.js';
import { withPlatforms } from '../write/platform-images.js';
import { writeChange } from '../write/write-change.js';

export interface RechunkFlags extends ChangeFlags, CompressionFlags {
  readonly maxLayers?: number;
  readonly previous?: readonly string[];
  /** A position, or the start of a digest; see `layerWord`. */
  readonly from?: string;
  readonly reproducible?: boolean;
}

/** Runs `layers rechunk`: distributes the files of an image to layers so that updates transfer less. */
export function rechunk(name: string, flags: RechunkFlags, session: Session): Promise<ExitStatus> {
  const request = changeRequest([name, ...(flags.previous ?? [])], flags, session);
  const compression = compressionFlag(flags);
  const epoch = sourceDateEpoch(session.env);
  const reproducible = flags.reproducible === true ? { latest: epoch ?? 0 } : undefined;
  return withPlatforms(name, flags, session, async ({ images, input, leftOut }) => {
    const changed = await withInputs(flags, session, async (inputs) => {
      const result: Changed[] = [];
      for (const before of images) {
        const previous = await readPrevious(before, flags, inputs);
        const { image, report } = await rechunkedImage(before, previous, {
          maxLayers: flags.maxLayers,
          from: flags.from === undefined ? undefined : layerPosition(flags.from, before),
          compression,
          reproducible,
          created: epoch === undefined ? undefined : timeFromEpoch(epoch),
          tags: tagsFor(before, input, flags),
          signal: session.signal,
        });
        result.push({
          before,
          after: image,
          rechunk: report,
          ...(reproducible === undefined ? {} : { intended: ['mtime'] }),
        });
      }
      return result;
    });
    return writeChange(
      changed,
      { ...request, leftOut: [...leftOut, ...aboutLayers(changed)] },
      flags,
      session,
    );
  });
}

const MANY_LAYERS = 120;

function aboutLayers(changed: readonly Changed[]): Finding[] {
  return changed.flatMap(({ after: { layers } }) =>
    layers.length > MANY_LAYERS
      ? [
          createFinding(
            'too-many-layers',
            `the new image has ${layers.length} layers; Docker refuses more than 125, and a build on top of it adds some`,
          ),
        ]
      : [],
  );
}

/** The errors where an image is not for a platform. */
const NO_PLATFORM: ReadonlySet<ErrorCode> = new Set(['ERR_LAYERS_PLATFORM', 'ERR_LAYERS_IMAGE_NOT_FOUND']);

/** Reads the earlier versions; with `allPlatforms` those of the platform of the image, where there are any. */
async function readPrevious(
  { description }: ReadImage,
  { platform, allPlatforms, previous = [] }: RechunkFlags,
  inputs: Inputs,
): Promise<ReadImage[]> {
  const own = allPlatforms === true && description.platform !== null ? description.platform : null;
  const chosen = own === null ? platform : formatPlatform(own);
  const choice = chosen === undefined ? {} : { platform: chosen };
  const images: ReadImage[] = [];
  for (const name of previous) {
    const input = findInput(name, choice, inputs.session);
    try {
      const { archive, options, endProgress } = await inputs.open(input, choice, { contents: true });
      images.push(await readImage(archive, chooseImage(archive, input, choice), options));
      endProgress();
    } catch (error) {
      // A platform can be new.
      if (own === null || !isLayersError(error) || !NO_PLATFORM.has(error.code)) throw error;
    }
  }
  return images;
}
