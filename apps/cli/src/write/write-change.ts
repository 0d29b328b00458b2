import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Ignorable } from '@layers/core/diff';
import type { Finding } from '@layers/core/findings';
import type { ReadImage, ReadOptions } from '@layers/core/image';
import { withAtomicFile } from '@layers/core/io';
import type { LayersError } from '@layers/errors';
import { type OutputTarget, plannedBytes, writeImages } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { CommandError } from '../command-error.js';
import { present } from '../commands/present.js';
import {
  type ChangeDocument,
  type ChangedImage,
  changedImageOf,
  plannedImageOf,
} from '../documents/change.js';
import { ExitStatus } from '../exit-status.js';
import { tagFlags } from '../flags/tag-flags.js';
import { createProgress } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { writeText } from '../output/write-out.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderChange } from '../render/change.js';
import { isStreamPath, outputPath, refuseEarly, refuseInputAsOutput } from './check-output.js';
import { daemonOutput, isDaemonOutput } from './daemon-output.js';
import { type OutputFormat, type OutputName, parseOutputName } from './output-name.js';
import { readBack } from './read-back.js';
import { targetOf } from './write-target.js';

/** The options of commands that write images. */
export interface ChangeFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly dryRun?: boolean;
  readonly check?: boolean;
  readonly tag?: readonly string[];
}

/** An image before and after a change. */
export interface Changed {
  readonly before: ReadImage;
  readonly after: NewImage;
  /** Intended differences of the root file system, which `--check` ignores; none by default. */
  readonly intended?: readonly Ignorable[];
}

/**
 * Returns the output of the images. Throws ERR_LAYERS_USAGE for contradicting options, and
 * ERR_LAYERS_TERMINAL and ERR_LAYERS_OUTPUT_EXISTS, all before an input is read.
 */
export function outputOf(flags: ChangeFlags, session: Session): OutputName {
  const inDaemon = daemonOutput(flags.output, flags.format);
  if (inDaemon !== null) {
    if (flags.check === true)
      throw contradiction(
        '--check cannot read an image back from a Docker Engine',
        'name a file with -o first',
      );
    return inDaemon;
  }
  const named = parseOutputName(
    flags.output === undefined ? undefined : outputPath(flags.output),
    flags.format,
  );
  const output = { ...named, path: outputPath(named.path) };
  if (flags.dryRun === true) {
    if (flags.check === true) throw contradiction('--dry-run writes nothing for --check to read', LEAVE);
    return output;
  }
  if (output.path === '-' && flags.json === true)
    throw contradiction('--json and -o - cannot share standard output');
  if (flags.check === true && (output.path === '-' || isStreamPath(output.path)))
    throw contradiction('--check needs an output file to read back');
  refuseEarly(output, flags.force ?? false, session);
  return output;
}

const LEAVE = 'leave out one of them';

function contradiction(message: string, hint = 'name a file with -o'): LayersError {
  return new CommandError('ERR_LAYERS_USAGE', message, { hint });
}

/**
 * Writes changed images, or plans the output; verifies it, and prints a summary. The status is 1 where `--check` finds
 * another root file system.
 */
export async function writeChange(
  changed: readonly Changed[],
  output: OutputName,
  flags: ChangeFlags,
  session: Session,
  findings: readonly Finding[] = [],
): Promise<ExitStatus> {
  const name = isDaemonOutput(output) ? output.daemon : output.reference;
  const images = name === undefined ? changed : namedAs(name, changed, flags);
  for (const { before } of images) refuseInputAsOutput(before.archive.source.path, output.path);
  const done = await withWriteProgress(flags, session, (options) =>
    flags.dryRun === true ? plan(images, output, options) : write(images, output, flags, session, options),
  );
  const document: ChangeDocument = {
    schemaVersion: SCHEMA_VERSION,
    output: { path: output.path, format: output.format, sizeBytes: done.bytes },
    dryRun: flags.dryRun ?? false,
    images: done.images,
    sameRootfs: done.sameRootfs,
    findings,
  };
  if (output.path === '-' && flags.dryRun !== true) {
    if (flags.quiet !== true) {
      await writeText(session.stderr, renderChange(document, viewOf(session.stderr, session.env, flags)));
    }
    return ExitStatus.done;
  }
  return present(
    {
      document,
      render: (view) => renderChange(document, view),
      showsFindings: false,
      isFailure: () => document.sameRootfs === false,
    },
    flags,
    session,
  );
}

/** Names one image after the output and `--tag`. Throws ERR_LAYERS_USAGE for several images. */
function namedAs(name: string, changed: readonly Changed[], { tag }: ChangeFlags): readonly Changed[] {
  if (changed.length > 1) {
    throw contradiction(
      `${name} cannot be the name of ${changed.length} images`,
      'choose one with --image, or leave out the name',
    );
  }
  const tags = [...new Set([name, ...(tagFlags(tag) ?? [])])];
  return changed.map((image) => ({ ...image, after: { ...image.after, tags } }));
}

interface WorkOptions extends Pick<ReadOptions, 'signal' | 'onProgress'> {
  /** Names the current step. */
  begin(what: string): void;
}

export async function withWriteProgress<Result>(
  flags: ImageFlags,
  { stderr, signal }: Session,
  work: (options: WorkOptions) => Promise<Result>,
): Promise<Result> {
  const wanted = stderr.isTTY === true && flags.quiet !== true && flags.progress !== false;
  const progress = createProgress(stderr, wanted);
  signal.addEventListener('abort', progress.stop);
  try {
    return await work({
      signal,
      begin: progress.begin,
      ...(wanted ? { onProgress: progress.update } : {}),
    });
  } finally {
    progress.stop();
    signal.removeEventListener('abort', progress.stop);
  }
}

interface Done {
  readonly bytes: number;
  readonly images: readonly ChangedImage[];
  readonly sameRootfs: boolean | null;
}

async function plan(images: readonly Changed[], { format }: OutputName, options: WorkOptions): Promise<Done> {
  const wanted = images.map(({ after }) => after);
  const bytes = plannedBytes(wanted, format);
  if (bytes !== null) {
    const planned = images.map(({ before, after }) => plannedImageOf(before, after));
    return { bytes, images: planned, sameRootfs: null };
  }
  // Compressed sizes are known only after compression: write to nowhere.
  const { target, written } = counting(async () => {});
  const form = format === 'oci-dir' ? 'oci' : format;
  const results = await writeImages(wanted, target, { format: form, ...options });
  const packed = wanted.map((image, i) => asWritten(image, results[i]));
  return {
    bytes: plannedBytes(packed, format) ?? written(),
    images: pairs(images, results),
    sameRootfs: null,
  };
}

/** Replaces generated layers by their facts once written. */
function asWritten(image: NewImage, written: WrittenImage | undefined): NewImage {
  const layers = image.layers.map((layer, i) => {
    const facts = written?.layers[i];
    if (layer.kind === 'existing' || facts === undefined) return layer;
    const { digest, diffId, mediaType, sizeBytes } = facts;
    return {
      kind: 'existing',
      digest,
      diffId,
      mediaType,
      sizeBytes,
      range: null,
      chunks: layer.tar,
    } as const;
  });
  return { ...image, layers };
}

async function write(
  images: readonly Changed[],
  output: OutputName,
  flags: ChangeFlags,
  session: Session,
  options: WorkOptions,
): Promise<Done> {
  const { path, format } = output;
  const force = flags.force ?? false;
  const wanted = images.map(({ after }) => after);
  const writeTo = (target: OutputTarget) => writeImages(wanted, target, { format, ...options });
  const passed = async (put: Write): Promise<Done> => {
    const { target, written } = counting(put);
    const results = await writeTo(target);
    return { bytes: written(), images: pairs(images, results), sameRootfs: null };
  };
  if (isDaemonOutput(output)) {
    const { writeToDaemon } = await import('./write-daemon.js');
    let bytes = 0;
    const results = await writeToDaemon(output, flags, session, async ({ write: put }) => {
      const { target, written } = counting(put);
      const sofar = await writeTo(target);
      bytes = written();
      return sofar;
    });
    return { bytes, images: pairs(images, results), sameRootfs: null };
  }
  const target = targetOf(output, force, session);
  if (target.kind === 'stream') return passed((chunk) => target.write(chunk));
  if (target.kind === 'file' && isStreamPath(path)) {
    return withAtomicFile(path, { force, signal: session.signal }, ({ write: put }) => passed(put));
  }
  const results = await writeTo(target);
  const before = images.map((image) => image.before);
  options.begin('reading back');
  const check = flags.check === true ? images.flatMap(({ intended = [] }) => intended) : null;
  const found = await readBack(before, results, path, check, options);
  return { ...found, images: pairs(images, results) };
}

type Write = (chunk: Uint8Array) => Promise<void>;

/** Returns a stream target that counts its bytes. */
function counting(put: Write) {
  let bytes = 0;
  const target = {
    kind: 'stream',
    write(chunk: Uint8Array) {
      bytes += chunk.length;
      return put(chunk);
    },
  } as const;
  return { target, written: () => bytes };
}

function pairs(images: readonly Changed[], results: readonly WrittenImage[]): ChangedImage[] {
  return images.flatMap(({ before }, i) => {
    const written = results[i];
    return written === undefined ? [] : [changedImageOf(before, written)];
  });
}
