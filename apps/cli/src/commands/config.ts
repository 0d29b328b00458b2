import { createFinding } from '@layers/core/findings';
import { configuredImage, removalsWithoutEffect } from '@layers/rewrite/change';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { type ChangeFlags, changeRequest, tagsFor } from '../flags/change-flags.js';
import { type ConfigFlags, parseConfigFlags } from '../flags/config-flags.js';
import type { Session } from '../session.js';
import { joinedPlatforms } from '../write/joined-platforms.js';
import { withPlatforms } from '../write/platform-images.js';
import { printWarnings } from '../write/tag-findings.js';
import { writeChange } from '../write/write-change.js';
import { showConfig } from './show-config.js';

export interface ConfigCommandFlags extends ChangeFlags, Omit<ConfigFlags, 'platform'> {
  readonly setPlatform?: string;
}

/** Runs `layers config`: changes the config; layers stay the same. Shows the config where nothing is asked for. */
export async function config(name: string, flags: ConfigCommandFlags, session: Session): Promise<ExitStatus> {
  const { setPlatform: platform, ...words } = flags;
  const parsed = parseConfigFlags({ ...words, platform });
  const asks =
    Object.keys(parsed.edits).length + parsed.setAnnotations.length + parsed.unsetAnnotations.length > 0;
  if (!asks && !isWriting(flags)) return showConfig(name, flags, session);
  const request = changeRequest([name], flags, session);
  const { tags } = request;
  if (!asks && tags === undefined) {
    throw usageError(
      'nothing to change',
      'add an option such as --set-env KEY=value; layers config --help lists them',
    );
  }
  if (flags.allPlatforms === true && platform !== undefined) {
    throw usageError(
      '--set-platform would give all platforms the same one',
      'choose an image with --platform',
    );
  }
  return withPlatforms(name, flags, session, async ({ images, input, leftOut }) => {
    const changed = images.map((before) => {
      const after = configuredImage(before, { ...parsed, tags: tagsFor(before, input, flags) });
      return { before, after };
    });
    const [first = [], ...others] = images.map((image) => removalsWithoutEffect(image, parsed));
    const findings = first
      .filter((what) => others.every((removals) => removals.includes(what)))
      .map((what) => createFinding('nothing-removed', `the image has no ${what}: nothing is removed`));
    await printWarnings(findings, flags, session);
    return writeChange(joinedPlatforms(changed), { ...request, leftOut }, flags, session, findings);
  });
}

/** Whether an option is about an image to be written. */
function isWriting({
  output,
  format,
  tag,
  force,
  dryRun,
  check,
  allTags,
  allPlatforms,
}: ConfigCommandFlags): boolean {
  return (
    output !== undefined ||
    format !== undefined ||
    tag !== undefined ||
    [force, dryRun, check, allTags, allPlatforms].includes(true)
  );
}
