import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Ignorable } from '@layers/core/diff';
import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import { withAtomicFile } from '@layers/core/io';
import { type OutputTarget, plannedBytes, writeImages } from '@layers/rewrite/archive';
import { findingsOf, type NewImage, type WrittenImage } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';
import {
  type ChangeDocument,
  type ChangedImage,
  changedImageOf,
  plannedImageOf,
} from '../documents/change.js';
import type { ExitStatus } from '../exit-status.js';
import type { Feedback } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import type { Session } from '../program/session.js';
import { renderChange } from '../render/change.js';
import { type PresentOptions, present, presentFindings } from '../render/present.js';
import { addToLayout, isLayout } from './add-to-layout.js';
import { isStreamPath, refuseInputAsOutput } from './check-output.js';
import { isDaemonOutput } from './daemon-output.js';
import type { OutputName } from './output-name.js';
import { readBack } from './read-back.js';
import { type WorkOptions, withWriteProgress } from './write-progress.js';
import { targetOf } from './write-target.js';

/** Where and how changed images are written. */
export interface ChangeRequest {
  readonly output: OutputName;
  readonly force: boolean;
  /** Whether the output is planned, and not written. */
  readonly dryRun: boolean;
  /** Whether the root file systems before and after are compared. */
  readonly check: boolean;
  /** The names of the written image; undefined keeps those that it has. */
  readonly tags: readonly string[] | undefined;
}

/** An image before and after a change. */
export interface Changed {
  readonly before: ReadImage;
  readonly after: NewImage;
  /** Intended differences of the root file system, which `--check` ignores; none by default. */
  readonly intended?: readonly Ignorable[];
}

/**
 * Writes changed images, or plans the output; verifies it, and prints a summary. The status is 1 if `--check` finds a
 * different root file system.
 */
export async function writeChange(
  changed: readonly Changed[],
  request: ChangeRequest,
  options: PresentOptions & Feedback,
  session: Session,
  findings: readonly Finding[] = [],
): Promise<ExitStatus> {
  const { output, dryRun } = request;
  const name = isDaemonOutput(output) ? output.daemon : output.reference;
  const images = name === undefined ? changed : namedAs(name, changed, request);
  for (const { before } of images) refuseInputAsOutput(before.archive.source.path, output.path);
  const done = await withWriteProgress(options, session, (work) =>
    dryRun ? plan(images, output, work) : write(images, request, options, session, work),
  );
  const found = findingsOfAll(changed);
  const document: ChangeDocument = {
    schemaVersion: SCHEMA_VERSION,
    output: { path: output.path, format: output.format, sizeBytes: done.bytes },
    dryRun,
    images: done.images,
    sameRootfs: done.sameRootfs,
    findings: [...found, ...findings],
  };
  if (output.path === '-' && !dryRun) {
    if (options.quiet !== true) {
      await writeNotes(session.stderr, renderChange(document, viewOf(session.stderr, session.env, options)));
    }
    return presentFindings(found, options, session);
  }
  return present(
    {
      document,
      render: (view) => renderChange(document, view),
      showsFindings: false,
      warnings: found,
      isFailure: () => document.sameRootfs === false,
    },
    options,
    session,
  );
}

/** Returns the findings of all images that were read. Images of one archive share those of the archive. */
function findingsOfAll(changed: readonly Changed[]): readonly Finding[] {
  return [...new Set(changed.flatMap(({ before }) => findingsOf(before)))];
}

/** Names one image after the output and `--tag`. Throws ERR_LAYERS_USAGE for several images. */
function namedAs(
  name: string,
  changed: readonly Changed[],
  { tags: more = [] }: ChangeRequest,
): readonly Changed[] {
  if (changed.length > 1) {
    throw usageError(
      `${name} cannot be the name of ${changed.length} images`,
      'choose one with --image, or leave out the name',
    );
  }
  const tags = [...new Set([name, ...more])];
  return changed.map((image) => ({ ...image, after: { ...image.after, tags } }));
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
  // Compressed sizes are known only after compression: compress, and discard the output.
  const { target, written } = counting(async () => {});
  const form = format === 'oci-dir' ? 'oci' : format;
  const results = await writeImages(wanted, target, { format: form, ...options });
  const compressed = wanted.map((image, i) => asWritten(image, results[i]));
  return {
    bytes: plannedBytes(compressed, format) ?? written(),
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
  { output, force, check }: ChangeRequest,
  feedback: Feedback,
  session: Session,
  options: WorkOptions,
): Promise<Done> {
  const { path, format } = output;
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
    const results = await writeToDaemon(output, feedback, session, async ({ write: put }) => {
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
  const results =
    target.kind === 'directory' && isLayout(path)
      ? await addToLayout(wanted, path, options)
      : await writeTo(target);
  const before = images.map((image) => image.before);
  options.begin('reading back');
  const intended = check ? images.flatMap((image) => image.intended ?? []) : null;
  const found = await readBack(before, results, path, intended, options);
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
