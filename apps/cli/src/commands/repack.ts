import { readImage } from '@layers/core/image';
import { repackedImage } from '@layers/rewrite/change';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { tagFlags } from '../flags/tag-flags.js';
import { parseImageName } from '../input/image-name.js';
import { chooseImage, findInput } from '../input/open-input.js';
import { type Opened, withArchive } from '../input/read.js';
import type { Session } from '../program/session.js';
import { reportSharedTags } from '../write/shared-tags.js';
import { type Changed, type ChangeFlags, outputOf, writeChange } from '../write/write-change.js';

export interface RepackFlags extends ChangeFlags, CompressionFlags {
  readonly dropWaste?: boolean;
  readonly reproducible?: boolean;
  readonly all?: boolean;
  readonly tag?: readonly string[];
}

/** Runs `layers repack`: rewrites images, several of them in one archive or one out of several. */
export function repack(names: readonly string[], flags: RepackFlags, session: Session): Promise<ExitStatus> {
  const output = outputOf(flags, session);
  const compression = compressionFlag(flags);
  const tags = tagFlags(flags.tag);
  const latest = flags.reproducible === true ? (sourceDateEpoch(session.env) ?? 0) : null;
  const reproducible = latest === null ? undefined : { latest };
  if (names.filter((name) => parseImageName(name).kind === 'stdin').length > 1) {
    throw usageError('standard input is named twice', 'save the other archives to files first');
  }

  const collect = async (opened: Opened): Promise<Changed[]> => {
    const { archive, input, options, endProgress } = opened;
    const chosen = flags.all === true ? archive.images : [chooseImage(archive, input, flags)];
    const images: Changed[] = [];
    for (const description of chosen) {
      const before = await readImage(archive, description, options);
      const { dropWaste } = flags;
      const change = { compression, dropWaste, reproducible, tags, signal: session.signal };
      images.push({
        before,
        after: repackedImage(before, change),
        ...(reproducible === undefined ? {} : { intended: ['mtime'] }),
      });
    }
    endProgress();
    return images;
  };

  // Every input stays open until the output is written.
  const from = (position: number, before: readonly Changed[]): Promise<ExitStatus> => {
    const name = names[position];
    if (name === undefined) {
      refuseSharedTags(before, flags);
      const written = before.map(({ after }) => after);
      return reportSharedTags(written, output.format, flags, session).then((findings) =>
        writeChange(before, output, flags, session, findings),
      );
    }
    const input = findInput(name, flags, session);
    return withArchive(input, flags, session, { contents: true }, async (opened) =>
      from(position + 1, [...before, ...(await collect(opened))]),
    );
  };
  return from(0, []);
}

/** Throws ERR_LAYERS_USAGE where a tag would name two images of the archive. */
function refuseSharedTags(images: readonly Changed[], { tag }: RepackFlags): void {
  if (tag !== undefined && images.length > 1) {
    throw usageError(
      `--tag cannot name ${images.length} images`,
      'choose one with --image, or leave the tags as they are',
    );
  }
  const seen = new Set<string>();
  for (const name of images.flatMap(({ after }) => after.tags)) {
    if (seen.has(name)) {
      throw usageError(
        `two of the images are named ${name}`,
        'rename one of them first: layers repack --tag NAME -o OTHER IMAGE',
      );
    }
    seen.add(name);
  }
}
