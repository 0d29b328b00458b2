import type { ReadImage } from '@layers/core/image';
import type { LayersError } from '@layers/errors';
import { usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { chosenTags } from '../input/chosen-tags.js';
import { type Input, inputPath } from '../input/open-input.js';
import type { ImageFlags, Session } from '../session.js';
import { compressionOfName } from '../write/archive-compression.js';
import { isStreamPath, outputPath, refuseEarly, refuseInputAsOutput } from '../write/check-output.js';
import { daemonOutput, isDaemonOutput } from '../write/daemon-output.js';
import { parseOutputName } from '../write/output-name.js';
import { registryOutput } from '../write/registry-output.js';
import { storeOutput } from '../write/store-output.js';
import type { ChangeRequest } from '../write/write-change.js';
import type { Output } from '../write/write-output.js';
import { tagFlags } from './tag-flags.js';

/** The options of commands that write images. */
export interface ChangeFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly tag?: readonly string[];
  readonly allTags?: boolean;
}

/** Returns the tags of a written image: those of `--tag`, else the one that chose the image; undefined keeps all. */
export function tagsFor(
  { description }: ReadImage,
  input: Pick<Input, 'image' | 'source'>,
  flags: Pick<ChangeFlags, 'tag' | 'allTags'>,
): readonly string[] | undefined {
  return tagFlags(flags.tag) ?? (flags.allTags === true ? undefined : chosenTags(description, input));
}

/**
 * Returns where and how to write. Throws ERR_LAYERS_USAGE for contradicting options, ERR_LAYERS_TERMINAL and
 * ERR_LAYERS_OUTPUT_EXISTS, all before an input is read.
 */
export function changeRequest(
  inputs: readonly string[],
  flags: ChangeFlags,
  session: Session,
): ChangeRequest {
  const { force = false, dryRun = false, check = false } = flags;
  return {
    output: platformsOutput(outputOf(inputs, flags, session), flags),
    force,
    dryRun,
    check,
    tags: tagFlags(flags.tag),
    isPlatformChosen: flags.platform !== undefined,
  };
}

/** Throws ERR_LAYERS_USAGE for an output that cannot have all platforms of an image. */
function platformsOutput(output: Output, { allPlatforms }: ChangeFlags): Output {
  if (allPlatforms !== true || (output.format !== 'docker' && !isDaemonOutput(output))) return output;
  throw usageError(
    `all platforms of an image cannot be written to ${isDaemonOutput(output) ? 'a Docker Engine' : `the format ${output.format}`}`,
    'choose one with --platform OS/ARCH in place of --all-platforms, or write another format',
  );
}

export function outputOf(inputs: readonly string[], flags: ChangeFlags, session: Session): Output {
  const { output: given = defaultOutput(flags, session) } = flags;
  const inDaemon = daemonOutput(given, flags.format);
  if (inDaemon !== null) {
    if (flags.check === true)
      throw contradiction(
        '--check cannot read an image back from a Docker Engine',
        'name a file with -o first',
      );
    return inDaemon;
  }
  const inStore = storeOutput(given, flags.format);
  if (inStore !== null) return inStore;
  const inRegistry = registryOutput(given, flags.format);
  if (inRegistry !== null) {
    if (flags.dryRun === true && flags.check === true)
      throw contradiction('--dry-run writes nothing for --check to read', 'leave out one of them');
    if (flags.tag !== undefined)
      throw contradiction(
        'docker:// excludes --tag',
        'name the image after docker://; layers copy adds names',
      );
    return inRegistry;
  }
  const named = parseOutputName(given === undefined ? undefined : outputPath(given), flags.format);
  const path = outputPath(named.path);
  const compression = named.format === 'oci-dir' ? null : compressionOfName(path);
  const output = { ...named, path, compression };
  if (flags.dryRun === true) {
    if (flags.check === true)
      throw contradiction('--dry-run writes nothing for --check to read', 'leave out one of them');
    return output;
  }
  if (output.path === '-' && flags.json === true)
    throw contradiction('--json and -o - cannot share standard output');
  if (flags.check === true && (output.path === '-' || isStreamPath(output.path)))
    throw contradiction('--check needs an output file to read back');
  // Before the output is refused because it exists.
  for (const input of inputs) refuseInputAsOutput(inputPath(input), output.path, output.reference);
  refuseEarly(output, flags.force ?? false, session);
  return output;
}

/** Returns the output without `-o`: standard output, unless it is a terminal. A plan needs none. */
function defaultOutput({ dryRun, format }: ChangeFlags, { stdout }: Session): string | undefined {
  if (dryRun === true) return format === 'oci-dir' ? '.' : '-';
  return stdout.isTTY === true || format === 'oci-dir' ? undefined : '-';
}

function contradiction(message: string, hint = 'name a file with -o'): LayersError {
  return usageError(message, hint);
}
