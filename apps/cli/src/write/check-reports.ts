import { appendFileSync, statSync } from 'node:fs';
import { withAtomicFile } from '@layers/core/io';
import type { CheckReport } from '@layers/insight/check';
import { CommandError, usageError } from '../command-error.js';
import { writeNotes } from '../output/write-out.js';
import { githubAnnotations } from '../render/check-reports/github.js';
import { junitXml } from '../render/check-reports/junit.js';
import { markdownReport } from '../render/check-reports/markdown.js';
import { sarifLog } from '../render/check-reports/sarif.js';
import { templateOf } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { VERSION } from '../version.js';
import { outputPath, outputPlace, refuseEarly, refuseInputAsOutput } from './check-output.js';
import { refuseImageOutput } from './output-name.js';

/** The options of `layers check` that write reports. */
export interface CheckReportFlags extends ImageFlags {
  readonly junit?: string;
  readonly sarif?: string;
  readonly markdown?: string;
  readonly github?: boolean;
  readonly force?: boolean;
}

const FORMATS = ['junit', 'sarif', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

const WRITERS: Readonly<Record<Format, (report: CheckReport) => string>> = {
  junit: junitXml,
  sarif: (report) => sarifLog(report, VERSION),
  markdown: (report) => markdownReport(report),
};

/**
 * Refuses reports that cannot be written, before the image is read.
 *
 * @param inputs the paths of the files that the command reads
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_OUTPUT_EXISTS
 */
export function checkReportFlags(inputs: readonly string[], flags: CheckReportFlags, session: Session): void {
  const places = new Set<string>();
  const summary = summaryPath(flags, session);
  if (summary !== null) {
    for (const input of inputs) refuseInputAsOutput(input, summary);
    places.add(outputPlace(summary));
  }
  for (const { path } of reportsIn(flags)) {
    if (path === '')
      throw usageError('the name of a report is empty', 'name a file, or - for standard output');
    const place = outputPlace(path);
    if (places.has(place))
      throw usageError(`two reports have the output ${path}`, 'name another file for one of them');
    places.add(place);
    if (path === '-') {
      if (flags.json === true || templateOf(flags) !== null)
        throw usageError(
          'standard output has the JSON or the template already',
          'write the report to a file',
        );
      continue;
    }
    refuseImageOutput(path, 'a report');
    for (const input of inputs) refuseInputAsOutput(input, path);
    refuseEarly({ path, format: 'tar' }, flags.force ?? false, session);
  }
}

/**
 * Writes reports to files, and shows annotations on GitHub. Returns the report for standard output, which stands in for the
 * table; null without one.
 */
export async function writeCheckReports(
  report: CheckReport,
  flags: CheckReportFlags,
  session: Session,
): Promise<string | null> {
  const { force = false } = flags;
  const { signal } = session;
  let output: string | null = null;
  for (const { format, path } of reportsIn(flags)) {
    const text = WRITERS[format](report);
    if (path === '-') output = text;
    else await withAtomicFile(path, { force, signal }, (file) => file.write(Buffer.from(text)));
  }
  if (flags.github === true) {
    // GitHub reads workflow commands from both streams. Standard output has the result.
    await writeNotes(session.stderr, [githubAnnotations(report)]);
    const summary = summaryPath(flags, session);
    if (summary !== null) addSummary(summary, report);
  }
  return output;
}

function reportsIn(flags: CheckReportFlags): { readonly format: Format; readonly path: string }[] {
  return FORMATS.flatMap((format) => {
    const path = flags[format];
    return path === undefined ? [] : [{ format, path: outputPath(path) }];
  });
}

/** Returns the file to which the summary of a step is added; null where there is none. */
function summaryPath({ github = false }: CheckReportFlags, { env }: Session): string | null {
  const path = env['GITHUB_STEP_SUMMARY'] ?? '';
  return github && path !== '' ? path : null;
}

/** GitHub shows nothing of a summary that is longer. */
const MAX_SUMMARY_BYTES = 1024 * 1024;

/** Adds a report to the summary of a step, which earlier commands of the step may have begun. */
function addSummary(path: string, report: CheckReport): void {
  try {
    const used = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const room = MAX_SUMMARY_BYTES - used;
    if (room > MIN_SUMMARY_BYTES) appendFileSync(path, markdownReport(report, room));
  } catch (error) {
    throw new CommandError('ERR_LAYERS_WRITE_OUTPUT', 'the summary of the step cannot be written', {
      file: path,
      hint: 'check the path in GITHUB_STEP_SUMMARY',
      cause: error,
    });
  }
}

/** With less room, not even the verdict fits. */
const MIN_SUMMARY_BYTES = 4096;
