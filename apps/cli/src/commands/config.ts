import { configuredImage } from '@layers/rewrite/change';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type ConfigFlags, parseConfigFlags } from '../flags/config-flags.js';
import { tagFlags } from '../flags/tag-flags.js';
import { withImage } from '../input/read.js';
import type { Session } from '../program/session.js';
import { type ChangeFlags, outputOf, writeChange } from '../write/write-change.js';

export interface ConfigCommandFlags extends ChangeFlags, Omit<ConfigFlags, 'platform'> {
  readonly setPlatform?: string;
  readonly tag?: readonly string[];
}

/** Runs `layers config`: changes the config; layers stay the same. */
export async function config(name: string, flags: ConfigCommandFlags, session: Session): Promise<ExitStatus> {
  const output = outputOf(flags, session);
  const tags = tagFlags(flags.tag);
  const { setPlatform: platform, ...words } = flags;
  const parsed = parseConfigFlags({ ...words, platform });
  const asks =
    Object.keys(parsed.edits).length + parsed.setAnnotations.length + parsed.unsetAnnotations.length > 0;
  if (!asks && tags === undefined) {
    throw usageError(
      'nothing to change',
      'add an option such as --set-env KEY=value; layers config --help lists them',
    );
  }
  return withImage(name, flags, session, { contents: true }, (image) => {
    const after = configuredImage(image, { ...parsed, tags });
    return writeChange([{ before: image, after }], output, flags, session);
  });
}
