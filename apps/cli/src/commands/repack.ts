import type { Finding } from '@layers/core/findings';
import { readImage } from '@layers/core/image';
import { repackedImage } from '@layers/rewrite/change';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { parseImageName } from '../input/image-name.js';
import { withInputs } from '../input/inputs.js';
import { findInput } from '../input/open-input.js';
import type { Session } from '../session.js';
import type { Changed } from '../write/changed.js';
import { joinedPlatforms, namedOnce } from '../write/joined-platforms.js';
import { isOtherPlatform } from '../write/platform-findings.js';
import { chosenPlatforms, leftOutOfSource } from '../write/platform-images.js';
import { isRegistryOutput } from '../write/registry-output.js';
import { writeChange } from '../write/write-change.js';

export interface RepackFlags extends ChangeFlags, CompressionFlags {
  readonly dropWaste?: boolean;
  readonly reproducible?: boolean;
  readonly all?: boolean;
}

/** Runs `layers repack`: rewrites images, several of them in one archive or one out of several. */
export function repack(names: readonly string[], flags: RepackFlags, session: Session): Promise<ExitStatus> {
  const request = changeRequest(names, flags, session);
  const compression = compressionFlag(flags);
  const { tags } = request;
  const { dropWaste } = flags;
  const latest = flags.reproducible === true ? (sourceDateEpoch(session.env) ?? 0) : null;
  const reproducible = latest === null ? undefined : { latest };
  if (names.filter((name) => parseImageName(name).kind === 'stdin').length > 1) {
    throw usageError('standard input is named twice', 'save the other archives to files first');
  }
  return withInputs(flags, session, async (inputs) => {
    const read: Changed[] = [];
    const leftOut: Finding[] = [];
    for (const name of names) {
      const opened = await inputs.open(findInput(name, flags, session), flags, { contents: true });
      const { archive, input, options, endProgress } = opened;
      const chosen = flags.all === true ? archive.images : chosenPlatforms(opened, flags, session);
      if (flags.all !== true) leftOut.push(...(await leftOutOfSource(opened, flags, inputs)));
      for (const description of chosen) {
        const before = await readImage(archive, description, options);
        const own = flags.all === true ? tags : tagsFor(before, input, flags);
        const change = { compression, dropWaste, reproducible, tags: own, signal: session.signal };
        read.push({
          before,
          after: repackedImage(before, change),
          ...(reproducible === undefined ? {} : { intended: ['mtime'] }),
        });
      }
      endProgress();
    }
    const changed = flags.allPlatforms === true ? joinedPlatforms(read) : read;
    // The platforms of one image are an index in a registry.
    if (!isRegistryOutput(request.output)) refuseSharedTags(namedOnce(changed), tags);
    return writeChange(changed, { ...request, leftOut }, flags, session);
  });
}

/** Throws ERR_LAYERS_USAGE where a tag would name two images of the archive. */
function refuseSharedTags(changed: readonly Changed[], given: readonly string[] | undefined): void {
  if (given !== undefined && changed.length > 1) {
    throw usageError(
      `--tag cannot name ${changed.length} images`,
      'choose one with --image, or leave the tags as they are',
    );
  }
  const seen = new Map<string, Changed>();
  for (const [name, each] of changed.flatMap((one) => one.after.tags.map((tag) => [tag, one] as const))) {
    const first = seen.get(name);
    if (first !== undefined) {
      if (isOtherPlatform(first.before.description, each.before.description)) {
        throw usageError(
          `${name} exists for several platforms, and an output can have only one of them by that name`,
          'keep them with --all-platforms, or choose one with --platform OS/ARCH in place of --all',
        );
      }
      throw usageError(
        `two of the images are named ${name}`,
        'rename one of them first: layers repack --tag NAME -o OTHER IMAGE',
      );
    }
    seen.set(name, each);
  }
}
