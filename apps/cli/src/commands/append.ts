import { sniffCompression } from '@layers/core/compression';
import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import { readHead, streamFile } from '@layers/core/io';
import type { Addition } from '@layers/rewrite/append';
import { appendedImage } from '@layers/rewrite/change';
import { timeFromEpoch } from '@layers/rewrite/config';
import { unionOf } from '@layers/rewrite/image';
import { isTarHeader } from '@layers/tar';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { parseAddition, parseMode, parseOwner, STANDARD_INPUT } from '../flags/append-flags.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { parseImageName } from '../input/image-name.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { findInput } from '../input/open-input.js';
import { expandPattern, isPattern } from '../input/path-patterns.js';
import { spoolInput } from '../input/spool-input.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import { renderAppended } from '../render/append.js';
import type { Session } from '../session.js';
import type { Changed } from '../write/changed.js';
import { joinedPlatforms } from '../write/joined-platforms.js';
import { type PlatformImages, withPlatforms } from '../write/platform-images.js';
import { writeChange } from '../write/write-change.js';

export interface AppendFlags extends ChangeFlags, CompressionFlags {
  readonly add?: readonly string[];
  readonly delete?: readonly string[];
  readonly diff?: boolean;
  readonly chown?: string;
  readonly chmod?: string;
  readonly mtime?: number;
  readonly message?: string;
}

/** Runs `layers append`: adds a layer with files from this machine, or a layer that deletes files. */
export async function append(name: string, flags: AppendFlags, session: Session): Promise<ExitStatus> {
  const request = changeRequest([name], flags, session);
  const { add = [], delete: deletions = [], diff, chown, chmod, mtime, message } = flags;
  if (add.length + deletions.length === 0) {
    throw usageError('nothing to add or delete', 'add --add DIR:/dest, --add TAR or --delete PATH');
  }
  const epoch = sourceDateEpoch(session.env);
  const created = epoch === undefined ? undefined : timeFromEpoch(epoch);
  const options = {
    diff,
    owner: chown === undefined ? undefined : parseOwner(chown),
    mode: chmod === undefined ? undefined : parseMode(chmod),
    mtime,
    clampMtime: epoch,
    compression: compressionFlag(flags),
    signal: session.signal,
    step: {
      createdBy: `layers append${[...add.map((word) => ` --add ${word}`), ...deletions.map((word) => ` --delete ${word}`)].join('')}`,
      ...(message === undefined ? {} : { comment: message }),
      ...(created === undefined ? {} : { created }),
    },
    created,
  };
  const additions = add.map((value) => parseAddition(value));
  const fromInput = additions.filter(({ source }) => source === STANDARD_INPUT).length;
  if (fromInput + (parseImageName(name).kind === 'stdin' ? 1 : 0) > 1) {
    throw usageError('standard input is named twice', 'save the other archive to a file first');
  }
  const work = async (
    { images, input, leftOut }: PlatformImages,
    given: readonly Addition[],
  ): Promise<ExitStatus> => {
    const changed: Changed[] = [];
    const findings: Finding[] = [];
    for (const before of images) {
      const { image: after, plan } = await appendedImage(before, {
        ...options,
        additions: given,
        deletions: deletions.flatMap((path) => deletedPaths(before, path)),
        tags: tagsFor(before, input, flags),
      });
      if (flags.quiet !== true) {
        await writeNotes(
          session.stderr,
          renderAppended(
            plan,
            after.layers.length > before.layers.length,
            viewOf(session.stderr, session.env, flags),
          ),
        );
      }
      changed.push({ before, after });
      findings.push(...plan.findings);
    }
    return writeChange(joinedPlatforms(changed), { ...request, leftOut }, flags, session, findings);
  };
  return withInputs(flags, session, async (inputs) => {
    const given = fromInput === 0 ? additions : await withInputFile(additions, flags, inputs);
    return withPlatforms(name, flags, session, (read) => work(read, given));
  });
}

function deletedPaths(image: ReadImage, path: string): readonly (string | Uint8Array)[] {
  return isPattern(path) ? expandPattern(unionOf(image), path).map((match) => match.path) : [path];
}

const TAR_HEADER_BYTES = 512;

/** Returns the additions with a temporary file in place of standard input. Throws ERR_LAYERS_TERMINAL, ERR_LAYERS_SPOOL. */
async function withInputFile(
  additions: readonly Addition[],
  flags: AppendFlags,
  inputs: Inputs,
): Promise<readonly Addition[]> {
  const input = findInput('-', {}, inputs.session);
  if (!('stream' in input.source)) return additions;
  const { options } = inputs.start(input);
  const path = await spoolInput(input.source, flags, options, inputs);
  const head = await readHead(streamFile(path), TAR_HEADER_BYTES);
  if (!isTarHeader(head) && sniffCompression(head) === null) {
    throw usageError(
      'standard input is not a tar',
      'pipe a tar: tar -c DIR | layers append …; or name a file',
    );
  }
  return additions.map((addition) =>
    addition.source === STANDARD_INPUT ? { ...addition, source: path } : addition,
  );
}
