import type { ReadImage } from '@layers/core/image';
import { squashedImage } from '@layers/rewrite/change';
import { timeFromEpoch } from '@layers/rewrite/config';
import { CommandError, usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { layerPosition } from '../flags/layer-flag.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import type { Session } from '../session.js';
import { joinedPlatforms } from '../write/joined-platforms.js';
import { withPlatforms } from '../write/platform-images.js';
import { writeChange } from '../write/write-change.js';

export interface SquashFlags extends ChangeFlags, CompressionFlags {
  readonly last?: number;
  /** A position, or the start of a digest; see `layerWord`. */
  readonly from?: string;
  readonly to?: string;
  readonly message?: string;
}

/** Runs `layers squash`: merges a range of layers into one. */
export function squash(name: string, flags: SquashFlags, session: Session): Promise<ExitStatus> {
  const request = changeRequest([name], flags, session);
  const compression = compressionFlag(flags);
  const { message } = flags;
  const epoch = sourceDateEpoch(session.env);
  const created = epoch === undefined ? undefined : timeFromEpoch(epoch);
  const step =
    message === undefined && created === undefined
      ? undefined
      : {
          ...(message === undefined ? {} : { comment: message }),
          ...(created === undefined ? {} : { created }),
        };
  return withPlatforms(name, flags, session, async ({ images, input, leftOut }) => {
    const changed = images.map((before) => {
      const after = squashedImage(before, {
        ...rangeOf(flags, before),
        compression,
        step,
        created,
        tags: tagsFor(before, input, flags),
        signal: session.signal,
      });
      return { before, after };
    });
    return writeChange(joinedPlatforms(changed), { ...request, leftOut }, flags, session);
  });
}

/** Positions of the first and the last layer to merge. Throws ERR_LAYERS_USAGE, ERR_LAYERS_LAYER_NOT_FOUND. */
export function rangeOf(
  { last, from, to }: Pick<SquashFlags, 'last' | 'from' | 'to'>,
  image: ReadImage,
): { from: number; to: number } {
  const layers = image.layers.length;
  if (last === undefined || layers === 0)
    return {
      from: from === undefined ? 0 : layerPosition(from, image),
      to: to === undefined ? layers - 1 : layerPosition(to, image),
    };
  if (last < 1) {
    throw usageError(`--last ${last} merges no layer`, '--last 2 merges the two topmost layers');
  }
  if (last > layers) {
    throw new CommandError('ERR_LAYERS_LAYER_NOT_FOUND', `the image has fewer than ${last} layers`, {
      hint: `it has ${layers}; without --last all layers are merged`,
    });
  }
  return { from: layers - last, to: layers - 1 };
}
