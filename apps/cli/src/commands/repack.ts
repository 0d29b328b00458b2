import { readImage } from '@layers/core/image';
import { repackedImage } from '@layers/rewrite/change';
import type { NewImage } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { parseImageName } from '../input/image-name.js';
import { withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import type { Session } from '../program/session.js';
import { reportSharedTags } from '../write/shared-tags.js';
import { type Changed, writeChange } from '../write/write-change.js';

export interface RepackFlags extends ChangeFlags, CompressionFlags {
  readonly dropWaste?: boolean;
  readonly reproducible?: boolean;
  readonly all?: boolean;
}

/** Runs `layers repack`: rewrites images, several of them in one archive or one out of several. */
export function repack(names: readonly string[], flags: RepackFlags, session: Session): Promise<ExitStatus> {
  const request = changeRequest(flags, session);
  const compression = compressionFlag(flags);
  const { tags } = request;
  const { dropWaste } = flags;
  const latest = flags.reproducible === true ? (sourceDateEpoch(session.env) ?? 0) : null;
  const reproducible = latest === null ? undefined : { latest };
  if (names.filter((name) => parseImageName(name).kind === 'stdin').length > 1) {
    throw usageError('standard input is named twice', 'save the other archives to files first');
  }
  return withInputs(flags, session, async (inputs) => {
    const changed: Changed[] = [];
    for (const name of names) {
      const opened = await inputs.open(findInput(name, flags, session), flags, { contents: true });
      const { archive, input, options, endProgress } = opened;
      const chosen = flags.all === true ? archive.images : [chooseImage(archive, input, flags)];
      for (const description of chosen) {
        const before = await readImage(archive, description, options);
        const own = flags.all === true ? tags : tagsFor(before, input, flags);
        const change = { compression, dropWaste, reproducible, tags: own, signal: session.signal };
        changed.push({
          before,
          after: repackedImage(before, change),
          ...(reproducible === undefined ? {} : { intended: ['mtime'] }),
        });
      }
      endProgress();
    }
    const images = changed.map(({ after }) => after);
    refuseSharedTags(images, tags);
    const findings = await reportSharedTags(images, request.output.format, flags, session);
    return writeChange(changed, request, flags, session, findings);
  });
}

/** Throws ERR_LAYERS_USAGE where a tag would name two images of the archive. */
function refuseSharedTags(images: readonly NewImage[], given: readonly string[] | undefined): void {
  if (given !== undefined && images.length > 1) {
    throw usageError(
      `--tag cannot name ${images.length} images`,
      'choose one with --image, or leave the tags as they are',
    );
  }
  const seen = new Set<string>();
  for (const name of images.flatMap(({ tags }) => tags)) {
    if (seen.has(name)) {
      throw usageError(
        `two of the images are named ${name}`,
        'rename one of them first: layers repack --tag NAME -o OTHER IMAGE',
      );
    }
    seen.add(name);
  }
}
