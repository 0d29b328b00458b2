import {
  diffImages,
  type Finding,
  openArchive,
  type ReadImage,
  type ReadOptions,
  readImage,
} from '@layers/core';
import { compressStream, type NewImage, plannedBytes, type WrittenImage, writeImages } from '@layers/rewrite';
import { LayersError, placed } from '@layers/tar';
import { ExitStatus } from '../exit-status.js';
import { type OutputFormat, type OutputName, parseOutputName } from '../output/output-name.js';
import { createProgress } from '../output/progress.js';
import { viewOf } from '../output/view.js';
import { writeText } from '../output/write-out.js';
import { targetOf } from '../output/write-target.js';
import type { ImageFlags, Session } from '../program/session.js';
import { renderChange } from '../render/change.js';
import { type ChangeDocument, type ChangedImage, changedImageOf, plannedImageOf } from './change-document.js';
import { present } from './present.js';

/** The options of commands that write images. */
export interface ChangeFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly dryRun?: boolean;
  readonly check?: boolean;
}

/** An image as it is, and as it shall be. */
export interface Changed {
  readonly before: ReadImage;
  readonly after: NewImage;
}

/** Where the images shall go. Throws ERR_LAYERS_USAGE for flags that contradict each other. */
export function outputOf(flags: ChangeFlags): OutputName {
  const output = parseOutputName(flags.output, flags.format);
  if (output.path !== '-' || flags.dryRun === true) return output;
  if (flags.json === true) throw contradiction('--json and -o - both want standard output');
  if (flags.check === true)
    throw contradiction('what goes to standard output cannot be read back for --check');
  return output;
}

function contradiction(message: string): LayersError {
  return new LayersError('ERR_LAYERS_USAGE', message, { hint: 'name a file with -o' });
}

/**
 * Writes images that were changed, or tells what would be written; verifies what it wrote, and prints what it is.
 * Status "no" where `--check` finds another root file system.
 */
export async function writeChange(
  images: readonly Changed[],
  output: OutputName,
  flags: ChangeFlags,
  session: Session,
  findings: readonly Finding[] = [],
): Promise<ExitStatus> {
  const done = await withWriteProgress(flags, session, (options) =>
    flags.dryRun === true ? plan(images, output, options) : write(images, output, flags, session, options),
  );
  const document: ChangeDocument = {
    schemaVersion: 1,
    output: { ...output, bytes: done.bytes },
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
      tellsFindings: false,
      isNo: () => document.sameRootfs === false,
    },
    flags,
    session,
  );
}

type WorkOptions = Pick<ReadOptions, 'signal' | 'onProgress'>;

async function withWriteProgress<Result>(
  flags: ChangeFlags,
  { stderr, signal }: Session,
  work: (options: WorkOptions) => Promise<Result>,
): Promise<Result> {
  const wanted = stderr.isTTY === true && flags.quiet !== true && flags.progress !== false;
  const progress = createProgress(stderr, wanted);
  signal.addEventListener('abort', progress.stop);
  try {
    return await work({ signal, ...(wanted ? { onProgress: progress.update } : {}) });
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
  const bytes = plannedBytes(
    images.map(({ after }) => after),
    format,
  );
  if (bytes !== null) {
    const planned = images.map(({ before, after }) => plannedImageOf(before, after));
    return { bytes, images: planned, sameRootfs: null };
  }
  // How small packed layers get is known once they are packed: to nowhere.
  let written = 0;
  const nowhere = {
    kind: 'stream',
    write: async (chunk: Uint8Array) => {
      written += chunk.length;
    },
  } as const;
  const results = await writeImages(
    images.map(({ after }) => after),
    nowhere,
    { format: format === 'oci-dir' ? 'oci' : format, compress: packer(options), ...options },
  );
  return { bytes: written, images: pairs(images, results), sameRootfs: null };
}

async function write(
  images: readonly Changed[],
  output: OutputName,
  flags: ChangeFlags,
  session: Session,
  options: WorkOptions,
): Promise<Done> {
  let written = 0;
  const target = targetOf(output, flags.force ?? false, session);
  const counted =
    target.kind !== 'stream'
      ? target
      : {
          ...target,
          write(chunk: Uint8Array) {
            written += chunk.length;
            return target.write(chunk);
          },
        };
  const results = await writeImages(
    images.map(({ after }) => after),
    counted,
    { format: output.format, compress: packer(options), ...options },
  );
  if (target.kind === 'stream') return { bytes: written, images: pairs(images, results), sameRootfs: null };
  const { bytes, sameRootfs } = await readBack(images, results, output, flags, options);
  return { bytes, images: pairs(images, results), sameRootfs };
}

function packer({ signal }: WorkOptions): Parameters<typeof writeImages>[2]['compress'] {
  return (tar, { kind, level }) => compressStream(tar, { kind, level, ...(signal ? { signal } : {}) });
}

function pairs(images: readonly Changed[], results: readonly WrittenImage[]): ChangedImage[] {
  return images.flatMap(({ before }, i) => {
    const written = results[i];
    return written === undefined ? [] : [changedImageOf(before, written)];
  });
}

/** Opens what was written as any reader would, and finds every image in it as it was meant. */
async function readBack(
  images: readonly Changed[],
  results: readonly WrittenImage[],
  { path }: OutputName,
  flags: ChangeFlags,
  options: WorkOptions,
): Promise<{ bytes: number; sameRootfs: boolean | null }> {
  try {
    const archive = await openArchive({ path }, options);
    let sameRootfs: boolean | null = null;
    for (const [i, { id, layers }] of results.entries()) {
      const description = archive.images.find(
        (image) => image.id === id && image.layers.every((layer, n) => layer.diffId === layers[n]?.diffId),
      );
      const before = images[i]?.before;
      if (description === undefined || before === undefined) {
        throw new LayersError(
          'ERR_LAYERS_WRITE_OUTPUT',
          `the image ${id} cannot be found in what was written`,
        );
      }
      if (flags.check !== true) continue;
      const after = await readImage(archive, description, options);
      const diff = await diffImages(before, after, { only: ['files'], ignore: [], ...options });
      sameRootfs = (sameRootfs ?? true) && diff.identical;
    }
    return { bytes: archive.source.bytes ?? layoutBytes(results), sameRootfs };
  } catch (error) {
    throw placed(error, { archive: path });
  }
}

function layoutBytes(results: readonly WrittenImage[]): number {
  const blobs = new Map(
    results.flatMap(({ layers }) => layers.map(({ digest, size }) => [digest, size] as const)),
  );
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}
