import { analyse } from '@layers/core/analysis';
import { changesetOf, type Progress, type ReadImage } from '@layers/core/image';
import { withAtomicFile } from '@layers/core/io';
import { adviceDocument } from '@layers/insight/advise';
import { duplicatesDocument } from '@layers/insight/duplicates';
import { PathEvents } from '@layers/insight/events';
import { packagesDocument } from '@layers/insight/packages';
import { documentSecrets } from '@layers/insight/secrets';
import { imageReport, largestDuplicates, pathOwners, type ReportDocuments } from '@layers/report/collect';
import type { ReportData } from '@layers/report/data';
import { reportHtml } from '@layers/report/html';
import { reportName } from '@layers/report/view';
import { usageError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { checkTwoImages } from '../flags/diff-request.js';
import { baseLayersOf } from '../input/base-layers.js';
import { withImage, withInputs } from '../input/inputs.js';
import { inputPath } from '../input/open-input.js';
import { pageAssets } from '../input/page-assets.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { writeText } from '../output/write-out.js';
import { presentFindings } from '../render/present.js';
import { reportMarkdown } from '../render/report/markdown.js';
import type { Session } from '../session.js';
import { outputPath, refuseEarly, refuseInputAsOutput } from '../write/check-output.js';
import { refuseImageOutput } from '../write/output-name.js';
import { comparisonData, type PairFlags } from './report-comparison.js';
import { fleetPieces } from './report-fleet.js';

export interface ReportFlags extends PairFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly base?: string;
  readonly showValues?: boolean;
  readonly format?: 'html' | 'markdown';
  /** The folder of a fleet, in place of images. */
  readonly fleet?: string;
}

/** Runs `layers report`: writes a page about an image, about what differs in two, or about a fleet. */
export async function report(
  name: string | undefined,
  other: string | undefined,
  flags: ReportFlags,
  session: Session,
): Promise<ExitStatus> {
  const { force = false, imageB, platformB, base, showValues = false } = flags;
  const output = outputPath(flags.output ?? '-');
  if (output === '') throw usageError('the name of the output is empty', 'name a file with -o');
  refuseImageOutput(output, 'a report');
  for (const input of [name, other]) if (input !== undefined) refuseInputAsOutput(inputPath(input), output);
  refuseEarly({ path: output, format: 'tar' }, force, session);
  if (flags.fleet !== undefined) {
    if (name !== undefined) throw usageError('--fleet excludes images', 'leave out --fleet, or the image');
    const pieces = await fleetPieces(flags.fleet, flags, session);
    await writePieces(pieces, output, force, session);
    return ExitStatus.done;
  }
  if (name === undefined)
    throw usageError('no image given', 'layers report IMAGE -o report.html, or --fleet DIR for a fleet');
  const write = async (data: ReportData): Promise<ExitStatus> => {
    const { facts } = data;
    const pieces =
      flags.format === 'markdown'
        ? [reportMarkdown(data)]
        : await reportHtml(
            data,
            reportName(facts),
            pageAssets(facts.comparison === null ? 'image' : 'comparison'),
          );
    await writePieces(pieces, output, force, session);
    return presentFindings(facts.inspect.findings, flags, session);
  };
  if (other === undefined && imageB === undefined && platformB === undefined) {
    const reading = { compares: true, reuses: true, artifacts: true };
    return withImage(name, flags, session, reading, async (image, _, inputs) => {
      const baseLayers = await baseLayersOf(image, base, inputs);
      const wanted = showsProgress(flags, session.stderr);
      const progress = createProgress(session.stderr, wanted);
      const options = {
        baseLayers,
        signal: session.signal,
        onProgress: wanted ? progress.update : undefined,
      };
      return write(await dataOf(image, options, showValues).finally(progress.stop));
    });
  }
  if (base !== undefined)
    throw usageError('--base is for one image', 'leave out --base, or the second image');
  if (other === undefined) checkTwoImages(flags, '--image-b or --platform-b');
  return withInputs(flags, session, async (inputs) =>
    write(await comparisonData({ a: name, b: other }, flags, showValues, inputs)),
  );
}

interface DataOptions {
  readonly baseLayers: number;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

async function dataOf(image: ReadImage, options: DataOptions, showsValues: boolean): Promise<ReportData> {
  const documents = await documentsOf(image, options);
  const events = new PathEvents(image.layers.map(changesetOf));
  const { redactor } = documentSecrets(image);
  return imageReport(analyse(image, events.union), events, {
    ...documents,
    baseLayers: options.baseLayers,
    ownerOf: await pathOwners(image, events.union),
    redact: showsValues ? null : (text) => redactor.redact(text),
  });
}

/**
 * Returns what a report shows besides the paths. The layers are merged for it alone, without events, whose memory it would need
 * at the same time.
 */
async function documentsOf(
  image: ReadImage,
  options: DataOptions,
): Promise<Pick<ReportDocuments, 'advice' | 'duplicates' | 'packages'>> {
  const { signal, onProgress } = options;
  const packages = await packagesDocument(image, { signal, onProgress });
  const analysis = analyse(image);
  return {
    packages,
    advice: await adviceDocument(analysis, options),
    duplicates: largestDuplicates(await duplicatesDocument(analysis, { signal, onProgress })),
  };
}

async function writePieces(
  pieces: readonly string[],
  output: string,
  force: boolean,
  session: Session,
): Promise<void> {
  if (output === '-') return writeText(session.stdout, pieces, session.signal);
  await withAtomicFile(output, { force, signal: session.signal }, async (file) => {
    for (const piece of pieces) await file.write(Buffer.from(piece));
  });
}
