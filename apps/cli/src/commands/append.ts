import { appendedImage } from '@layers/rewrite/change';
import { timeFromEpoch } from '@layers/rewrite/config';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { parseAddition, parseMode, parseOwner } from '../flags/append-flags.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type CompressionFlags, compressionFlag } from '../flags/compression-flags.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { withImage } from '../input/inputs.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../program/session.js';
import { renderAppended } from '../render/append.js';
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
  const request = changeRequest(flags, session);
  const { add = [], delete: deletions = [], diff, chown, chmod, mtime, message } = flags;
  if (add.length + deletions.length === 0) {
    throw usageError('nothing to add or delete', 'add --add DIR:/dest, --add TAR or --delete PATH');
  }
  const epoch = sourceDateEpoch(session.env);
  const created = epoch === undefined ? undefined : timeFromEpoch(epoch);
  const options = {
    additions: add.map((value) => parseAddition(value)),
    deletions,
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
  return withImage(name, flags, session, { contents: true }, async (image, input) => {
    const tags = tagsFor(image, input, flags);
    const { image: after, plan } = await appendedImage(image, { ...options, tags });
    if (flags.quiet !== true) {
      await writeNotes(
        session.stderr,
        renderAppended(
          plan,
          after.layers.length > image.layers.length,
          viewOf(session.stderr, session.env, flags),
        ),
      );
    }
    return writeChange([{ before: image, after }], request, flags, session, plan.findings);
  });
}
