import { type Analysis, analyse } from '@layers/core/analysis';
import { changesetOf, type Progress, type ReadImage } from '@layers/core/image';
import { withAtomicFile } from '@layers/core/io';
import { adviceDocument } from '@layers/insight/advise';
import { duplicatesDocument } from '@layers/insight/duplicates';
import { PathEvents } from '@layers/insight/events';
import { packagesDocument } from '@layers/insight/packages';
import { documentSecrets } from '@layers/insight/secrets';
import { imageReport } from '@layers/report/collect';
import type { ReportData } from '@layers/report/data';
import { type Pieces, reportHtml } from '@layers/report/html';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { baseLayersOf } from '../input/base-layers.js';
import { withImage } from '../input/inputs.js';
import { inputPath } from '../input/open-input.js';
import { pageAssets } from '../input/page-assets.js';
import { pathOwners } from '../input/path-owners.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { writeText } from '../output/write-out.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { outputPath, refuseEarly, refuseInputAsOutput } from '../write/check-output.js';
import { refuseImageOutput } from '../write/output-name.js';

export interface ReportFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly base?: string;
  readonly showValues?: boolean;
}

/** Runs `layers report`: writes a page about an image. */
export async function report(name: string, flags: ReportFlags, session: Session): Promise<ExitStatus> {
  const { force = false } = flags;
  const { stderr, signal } = session;
  const output = outputPath(flags.output ?? '-');
  if (output === '') throw usageError('the name of the output is empty', 'name a file with -o');
  refuseImageOutput(output, 'a report');
  refuseInputAsOutput(inputPath(name), output);
  refuseEarly({ path: output, format: 'tar' }, force, session);
  const reading = { compares: true, reuses: true, artifacts: true };
  return withImage(name, flags, session, reading, async (image, _, inputs) => {
    const baseLayers = await baseLayersOf(image, flags.base, inputs);
    const wanted = showsProgress(flags, stderr);
    const progress = createProgress(stderr, wanted);
    const options = { baseLayers, signal, onProgress: wanted ? progress.update : undefined };
    const data = await dataOf(image, options, flags.showValues ?? false).finally(progress.stop);
    const { inspect } = data.facts;
    const title = inspect.image.tags[0] ?? inspect.source.path;
    await writePage(reportHtml(data, title, pageAssets()), output, force, session);
    return presentFindings(inspect.findings, flags, session);
  });
}

interface DataOptions {
  readonly baseLayers: number;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

async function dataOf(image: ReadImage, options: DataOptions, showsValues: boolean): Promise<ReportData> {
  const events = new PathEvents(image.layers.map(changesetOf));
  const analysis: Analysis = analyse(image, events.union);
  const { redactor } = documentSecrets(image);
  const { signal, onProgress } = options;
  return imageReport(analysis, events, {
    advice: await adviceDocument(analysis, options),
    duplicates: await duplicatesDocument(analysis, { signal, onProgress }),
    packages: await packagesDocument(image, { signal, onProgress }),
    baseLayers: options.baseLayers,
    ownerOf: await pathOwners(image, analysis.union),
    redact: showsValues ? null : (text) => redactor.redact(text),
  });
}

async function writePage(pieces: Pieces, output: string, force: boolean, session: Session): Promise<void> {
  if (output === '-') return writeText(session.stdout, pieces, session.signal);
  await withAtomicFile(output, { force, signal: session.signal }, async (file) => {
    for (const piece of pieces) await file.write(Buffer.from(piece));
  });
}
