import { arch, availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { analyse, inspectDocument, SCHEMA_VERSION } from '@layers/core/analysis';
import { errorOf, openArchive, type ReadImage, readImage } from '@layers/core/image';
import { fileSource } from '@layers/core/io';
import type { Blob } from '../bench/blobs.js';
import type { Reopened } from '../bench/inspect-stage.js';
import { measureImage } from '../bench/measure.js';
import { createScratchFolder } from '../bench/scratch-folder.js';
import type { BenchDocument, Machine } from '../documents/bench.js';
import type { ExitStatus } from '../exit-status.js';
import { isReadOnce } from '../input/decompressed-input.js';
import { type Inputs, refuseDamaged, withInputs } from '../input/inputs.js';
import { openWholeArchive } from '../input/load-input.js';
import { chooseImage, findInput, type ImageChoice } from '../input/open-input.js';
import type { Opened } from '../input/reading.js';
import { escapeForTerminal } from '../output/escape.js';
import { writeNotes } from '../output/write-out.js';
import { renderBench } from '../render/bench.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { VERSION } from '../version.js';
import { withWriteProgress } from '../write/write-progress.js';

export interface BenchFlags extends ImageFlags {
  readonly runs: number;
  readonly maxSeconds: number;
  readonly extract: boolean;
}

/** Runs `layers bench`: measures each stage of reading an image, and the limits of this machine. */
export async function bench(name: string, flags: BenchFlags, session: Session): Promise<ExitStatus> {
  const input = findInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    // Created before a pipe is read: that can take long and cannot be repeated.
    const folder = flags.extract ? scratchFolder(inputs) : null;
    if (isReadOnce(input) && flags.quiet !== true) {
      await writeNotes(session.stderr, [
        `note: each stage reads the layers again: decompressing the input into ${escapeForTerminal(tmpdir())}\n`,
      ]);
    }
    const document = await measured(
      await openWholeArchive(input, null, flags, inputs),
      folder,
      flags,
      session,
    );
    return present(
      { document, render: (view) => renderBench(document, view), showsFindings: true },
      flags,
      session,
    );
  });
}

/** Creates a directory to extract into, which is removed with the inputs. */
function scratchFolder(inputs: Inputs): string {
  const { path, remove } = createScratchFolder();
  inputs.defer(remove);
  return path;
}

/** Throws the error of a layer that cannot be read to its end. */
function refuseUnreadable({ archive, layers }: ReadImage): void {
  for (const { index, description } of layers) {
    if (index === null || index.problem === null) continue;
    throw errorOf(index.problem, { archive: archive.source.path, file: description.name });
  }
}

async function measured(
  opened: Opened,
  folder: string | null,
  flags: BenchFlags,
  session: Session,
): Promise<BenchDocument> {
  const { archive, input, options, endProgress } = opened;
  const image = await readImage(archive, chooseImage(archive, input, flags), options);
  refuseDamaged(image);
  refuseUnreadable(image);
  const { source, image: info, totals, findings } = inspectDocument(analyse(image), { top: 0 });
  endProgress();
  const subject = {
    image,
    totals,
    compressedArchive: compressedArchive(opened),
    reopened: reopenedBy(opened, flags),
    folder,
  };
  const { runs, maxSeconds } = flags;
  const [load = 0] = loadavg();
  const { stages, skipped, limits } = await withWriteProgress(flags, session, (common) =>
    measureImage(subject, { ...common, runs, maxSeconds }),
  );
  const [cpu] = cpus();
  const machine: Machine = {
    os: process.platform,
    release: release(),
    arch: arch(),
    cpu: cpu?.model ?? 'unknown',
    cpus: availableParallelism(),
    load,
    memoryBytes: totalmem(),
    node: process.version,
    layers: VERSION,
  };
  return {
    schemaVersion: SCHEMA_VERSION,
    source,
    image: info,
    totals,
    machine,
    stages,
    skipped,
    limits,
    findings,
  };
}

/** Returns the archive itself, if it is a file that is compressed as a whole. */
function compressedArchive({ archive, input: { source } }: Opened): Blob | null {
  const { compression, sizeBytes: bytes, path } = archive.source;
  if (compression === null || bytes === null || 'stream' in source || 'reference' in source) return null;
  return { source: fileSource(path, bytes), compression, tarBytes: 0, isInput: true, changeset: null };
}

/** A pipe and an image of the store stay open; a file is opened again. */
function reopenedBy({ archive, input, options }: Opened, choice: ImageChoice): Reopened {
  const { source } = input;
  const isFile = !('stream' in source || 'reference' in source);
  const { signal } = options;
  return {
    open: async () => (isFile ? openArchive(source, { signal }) : archive),
    choose: (again) => chooseImage(again, input, choice),
  };
}
