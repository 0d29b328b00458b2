import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import { plannedBytes } from '@layers/rewrite/archive';
import { findingsOf, type NewImage, type WrittenImage } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';
import {
  type ChangeDocument,
  type ChangedImage,
  changedImageOf,
  plannedImageOf,
} from '../documents/change.js';
import type { ExitStatus } from '../exit-status.js';
import type { RegistryFlags } from '../input/registry-options.js';
import type { Feedback } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { writeNotes } from '../output/write-out.js';
import { renderChange } from '../render/change.js';
import { type PresentOptions, present, presentFindings } from '../render/present.js';
import type { Session } from '../session.js';
import { findLeftOutAttestations } from './attestation-findings.js';
import type { Changed } from './changed.js';
import { isStreamPath, refuseInputAsOutput } from './check-output.js';
import { isDaemonOutput } from './daemon-output.js';
import { findUnsentLayersOf } from './foreign-findings.js';
import { namedOnce } from './joined-platforms.js';
import { findLeftOutPlatforms } from './platform-findings.js';
import { readBack } from './read-back.js';
import { isRegistryOutput } from './registry-output.js';
import { refuseUnrelated } from './related-images.js';
import { isStoreOutput } from './store-output.js';
import { printWarnings, reportTags } from './tag-findings.js';
import { type Output, writeOutput, writeStream } from './write-output.js';
import { type WorkOptions, withWriteProgress } from './write-progress.js';

/** Where and how changed images are written. */
export interface ChangeRequest {
  readonly output: Output;
  readonly force: boolean;
  /** Whether the output is planned, and not written. */
  readonly dryRun: boolean;
  /** Whether the root file systems before and after are compared. */
  readonly check: boolean;
  /** The names of the written image; undefined keeps those that it has. */
  readonly tags: readonly string[] | undefined;
  /** About platforms of the image that were not read. */
  readonly leftOut?: readonly Finding[];
  /** Whether the user chose a platform of the image. */
  readonly isPlatformChosen: boolean;
}

/**
 * Writes changed images, or plans the output; verifies it, and prints a summary. The status is 1 if `--check` finds a
 * different root file system.
 */
export async function writeChange(
  changed: readonly Changed[],
  request: ChangeRequest,
  options: PresentOptions & Feedback & RegistryFlags,
  session: Session,
  findings: readonly Finding[] = [],
): Promise<ExitStatus> {
  const { output, dryRun } = request;
  const name = nameOf(output);
  const images = name === undefined ? changed : namedAs(name, changed, request);
  for (const { before } of images) {
    refuseInputAsOutput(before.archive.source.path, output.path, output.reference);
  }
  const aboutPlatforms = request.isPlatformChosen
    ? []
    : findLeftOutPlatforms(images.map(({ before }) => before));
  const aboutAttestations = findLeftOutAttestations(
    images.map(({ before, after }) => ({
      description: before.description,
      isChanged: after.manifest === null,
    })),
  );
  const aboutLayers = isRegistryOutput(output)
    ? findUnsentLayersOf(
        output.name,
        images.map(({ after }) => after),
      )
    : [];
  const losses = [...aboutPlatforms, ...(request.leftOut ?? []), ...aboutAttestations, ...aboutLayers];
  await printWarnings(losses, options, session);
  const aboutTags =
    isStoreOutput(output) || isRegistryOutput(output)
      ? []
      : await reportTags(
          namedOnce(images).map(({ before, after }) => ({ tags: after.tags, read: before.description })),
          output.format,
          options,
          session,
        );
  const done = await withWriteProgress(options, session, (work) =>
    dryRun ? plan(images, output, work) : write(images, request, options, session, work),
  );
  const found = findingsOfAll(changed);
  const document: ChangeDocument = {
    schemaVersion: SCHEMA_VERSION,
    output: {
      path: output.path,
      format: output.format,
      compression: output.compression,
      sizeBytes: done.bytes,
    },
    dryRun,
    images: done.images,
    sameRootfs: done.sameRootfs,
    findings: [...found, ...findings, ...losses, ...aboutTags],
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

/** Returns the name that the output gives the image; undefined where images keep their names. */
function nameOf(output: Output): string | undefined {
  if (isDaemonOutput(output)) return output.daemon;
  if (isStoreOutput(output)) return output.store;
  return isRegistryOutput(output) ? output.name : output.reference;
}

/**
 * Names one image after the output and `--tag`. Throws ERR_LAYERS_USAGE for several images, except for the platforms of
 * one image.
 */
function namedAs(
  name: string,
  changed: readonly Changed[],
  { tags: more = [], output }: ChangeRequest,
): readonly Changed[] {
  if (isRegistryOutput(output)) {
    refuseUnrelated(
      name,
      changed.map(({ after }) => after),
    );
  } else if (namedOnce(changed).length > 1) {
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

async function plan(images: readonly Changed[], output: Output, options: WorkOptions): Promise<Done> {
  const { format, compression } = output;
  const wanted = images.map(({ after }) => after);
  const bytes = compression === null ? plannedBytes(wanted, format) : null;
  if (bytes !== null) {
    const planned = images.map((image) => withRechunk(plannedImageOf(image.before, image.after), image));
    return { bytes, images: planned, sameRootfs: null };
  }
  // Compressed sizes are known only after compression: compress, and discard the output.
  const form = format === 'oci-dir' ? 'oci' : format;
  const written = await writeStream(wanted, { format: form, compression }, options, async () => {});
  const layoutBytes = format === 'oci-dir' ? bytesOfLayout(wanted, written.images) : null;
  return {
    bytes: layoutBytes ?? written.bytes,
    images: pairs(images, written.images),
    sameRootfs: null,
  };
}

/** Returns the bytes of a layout with the written images. */
function bytesOfLayout(images: readonly NewImage[], written: readonly WrittenImage[]): number | null {
  return plannedBytes(
    images.map((image, i) => asWritten(image, written[i])),
    'oci-dir',
  );
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
      source: null,
      chunks: layer.tar,
    } as const;
  });
  return { ...image, layers };
}

async function write(
  images: readonly Changed[],
  { output, force, check }: ChangeRequest,
  feedback: Feedback & RegistryFlags,
  session: Session,
  options: WorkOptions,
): Promise<Done> {
  const { path } = output;
  const wanted = images.map(({ after }) => after);
  const before = images.map((image) => image.before);
  const intended = check ? images.flatMap((image) => image.intended ?? []) : null;
  if (isDaemonOutput(output)) {
    const { writeToDaemon } = await import('./write-daemon.js');
    let bytes = 0;
    const results = await writeToDaemon(output, feedback, session, async (target) => {
      const written = await writeStream(wanted, output, options, (chunk) => target.write(chunk));
      bytes = written.bytes;
      return written.images;
    });
    return { bytes, images: pairs(images, results), sameRootfs: null };
  }
  if (isStoreOutput(output)) {
    const { readBackFromStore, writeToStore } = await import('./write-store.js');
    const results = await writeToStore(wanted, session, options);
    options.begin('reading back');
    const sameRootfs =
      intended === null ? null : await readBackFromStore(before, results, intended, session, options);
    return { bytes: bytesOfLayout(wanted, results) ?? 0, images: pairs(images, results), sameRootfs };
  }
  if (isRegistryOutput(output)) {
    const { readBackFromRegistry, writeToRegistry } = await import('./write-registry.js');
    const { images: results } = await writeToRegistry(wanted, output, feedback, session, options);
    options.begin('reading back');
    const sameRootfs =
      intended === null
        ? null
        : await readBackFromRegistry(before, results, output, intended, feedback, session, options);
    return { bytes: bytesOfLayout(wanted, results) ?? 0, images: pairs(images, results), sameRootfs };
  }
  const written = await writeOutput(wanted, output, force, session, options);
  const done = { bytes: written.bytes, images: pairs(images, written.images), sameRootfs: null };
  if (path === '-' || isStreamPath(path)) return done;
  options.begin('reading back');
  return { ...done, ...(await readBack(before, written.images, path, intended, options)) };
}

function pairs(images: readonly Changed[], results: readonly WrittenImage[]): ChangedImage[] {
  return images.flatMap((image, i) => {
    const written = results[i];
    return written === undefined ? [] : [withRechunk(changedImageOf(image.before, written), image)];
  });
}

function withRechunk(image: ChangedImage, { rechunk }: Changed): ChangedImage {
  return rechunk === undefined ? image : { ...image, rechunk };
}
