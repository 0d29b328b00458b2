import { readFileSync } from 'node:fs';
import { analyse } from '@layers/core/analysis';
import { type ReadImage, readImage, readPair } from '@layers/core/image';
import { reading } from '@layers/core/io';
import { formatPlatform } from '@layers/core/oci';
import {
  type Against,
  type Budget,
  type Budgets,
  checkDocument,
  isChecked,
  parseSavedFigures,
} from '@layers/insight/check';
import { loadRules, parseBaseline } from '@layers/insight/secrets';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { budgetsOf, type CheckFlags } from '../flags/check-flags.js';
import { baseLayersOf } from '../input/base-layers.js';
import { budgetFilePaths, readBudgetFiles } from '../input/budget-files.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput, type ImageChoice, inputPath } from '../input/open-input.js';
import type { ChosenImage } from '../input/read-pair.js';
import { savedDocument } from '../input/saved-document.js';
import { renderCheck } from '../render/check.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';
import { checkReportFlags, writeCheckReports } from '../write/check-reports.js';

/** Runs `layers check`: checks an image against budgets. The image is read once, whatever is checked. */
export async function check(image: string, flags: CheckFlags, session: Session): Promise<ExitStatus> {
  // Before the image is read: a mistake in them is reported at once.
  const files = await readBudgetFiles(flags);
  const base = flags.base ?? files.file?.base ?? undefined;
  const against = flags.against ?? files.file?.against ?? undefined;
  const budgets = budgetsOf(flags, files);
  checkOtherImages(budgets, base, against);
  checkReportFlags(inputPaths([image, base, against], budgets, flags), flags, session);
  const saved = against === undefined ? null : savedDocument(against);
  const comparison: Comparison | null =
    against === undefined ? null : saved === null ? { image: against } : savedComparison(against, saved);
  const secrets = secretSettings(budgets);
  return withInputs(flags, session, async (inputs) => {
    const read = await readImages(image, comparison, { flags, readsContents: secrets !== null }, inputs);
    const baseLayers = await baseLayersOf(read.image, base, inputs);
    const { signal, onProgress } = read.options;
    const report = await checkDocument(analyse(read.image), {
      budgets,
      base: base === undefined ? undefined : { name: base, layers: baseLayers },
      against: read.against ?? undefined,
      secretRules: secrets?.rules,
      secretBaseline: secrets?.baseline,
      metrics: flags.metrics,
      strict: flags.strict ?? files.file?.strict,
      findings: files.findings,
      signal,
      onProgress,
    });
    read.endProgress();
    const output = await writeCheckReports(report, flags, session);
    return present(
      {
        document: report,
        render: (
          view, // Bytes: a report is not text for people.
        ) => (output === null ? renderCheck(report, view) : [Buffer.from(output)]),
        showsFindings: true,
        isFailure: () => report.verdict === 'fail',
      },
      flags,
      session,
    );
  });
}

/** Returns the paths of the files that are read, which no report may replace. */
function inputPaths(
  images: readonly (string | undefined)[],
  { secrets }: Budgets,
  flags: CheckFlags,
): readonly string[] {
  return [
    ...images.flatMap((name) => (name === undefined ? [] : [inputPath(name)])),
    ...budgetFilePaths(flags),
    ...[secrets?.rules, secrets?.baseline].flatMap((path) => path ?? []),
  ];
}

/** Throws ERR_LAYERS_USAGE for an option that needs another image. A file may have such limits for other runs. */
function checkOtherImages(
  { growth, 'added-size': added }: Budgets,
  base: string | undefined,
  against: string | undefined,
): void {
  const [ofGrowth, ofAdded] = [optionOf(growth), optionOf(added)];
  if (ofGrowth !== undefined && against === undefined)
    throw usageError(`${ofGrowth} needs an image to compare with`, 'add --against IMAGE');
  if (ofAdded !== undefined && base === undefined)
    throw usageError(`${ofAdded} needs the base image`, 'add --base IMAGE');
}

/** Returns the option that gave a limit. */
function optionOf(budget: Budget | undefined): string | undefined {
  return [budget?.fail, budget?.warn].find((limit) => limit?.from.startsWith('--') === true)?.from;
}

/** What to compare with: the name of an image, or saved figures. */
type Comparison = { readonly image: string } | Extract<Against, { readonly saved: unknown }>;

function savedComparison(name: string, text: string): Comparison {
  return { name, saved: parseSavedFigures(text, name) };
}

/** How secrets are searched; null where they are not. */
function secretSettings({ secrets }: Budgets) {
  if (!isChecked(secrets)) return null;
  const { rules, baseline } = secrets;
  return {
    rules: rules === undefined ? undefined : loadRules(rules),
    baseline:
      baseline === undefined
        ? undefined
        : parseBaseline(
            reading(baseline, () => readFileSync(baseline, 'utf8')),
            baseline,
          ),
  };
}

interface ReadImages {
  readonly image: ReadImage;
  readonly against: Against | null;
  readonly options: Awaited<ReturnType<Inputs['open']>>['options'];
  readonly endProgress: () => void;
}

/** Reads the image, and the one to compare with. A layer that two archives have is read once. */
async function readImages(
  name: string,
  comparison: Comparison | null,
  { flags, readsContents }: { readonly flags: CheckFlags; readonly readsContents: boolean },
  inputs: Inputs,
): Promise<ReadImages> {
  const other = comparison !== null && 'image' in comparison ? comparison.image : null;
  if (name === '-' && other === '-') {
    throw usageError('both images are standard input, which can be read only once', 'name a file for one');
  }
  const opened = await open(name, flags, readsContents, inputs);
  const { options } = opened;
  if (other === null) {
    const image = await readImage(opened.archive, opened.image, options);
    return { ...opened, image, against: comparison !== null && 'saved' in comparison ? comparison : null };
  }
  opened.endProgress();
  const { platform } = opened.image;
  const choice = platform === null ? {} : { platform: formatPlatform(platform) };
  const second = await open(other, choice, false, inputs);
  const [image, against] = await readPair(opened, second, second.options);
  return { ...second, image, against: { name: other, image: against } };
}

async function open(
  name: string,
  choice: ImageChoice,
  readsContents: boolean,
  inputs: Inputs,
): Promise<ChosenImage & Omit<ReadImages, 'image' | 'against'>> {
  const input = findInput(name, choice, inputs.session);
  const reading = { contents: readsContents, reuses: true };
  const { archive, options, endProgress } = await inputs.open(input, choice, reading);
  return { archive, image: chooseImage(archive, input, choice), options, endProgress };
}
