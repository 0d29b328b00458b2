import type { Image } from '@layers/core';
import { type LayerOptions, readingOf } from '@layers/core/api';
import type { Budgets } from '../check/budget.js';
import { checkDocument } from '../check/check.js';
import type { CheckBase, CheckReport } from '../check/report.js';
import type { SavedFigures } from '../check/saved-figures.js';
import type { Baseline, RuleFile } from '../secrets/index.js';

/** Options of `checkImage`. */
export interface CheckImageOptions extends LayerOptions {
  /** Default: an efficiency of at least 0.9, and a wasted share of at most 0.1, as dive has it. */
  readonly budgets?: Budgets | undefined;
  /** The image that the image was built on, which is not blamed: its name, and the number of its layers. */
  readonly base?: Pick<CheckBase, 'name' | 'layers'> | undefined;
  /** Another image to compare with, or its figures; and how reports name it. */
  readonly against?:
    | ({ readonly name: string } & ({ readonly image: Image } | { readonly saved: SavedFigures }))
    | undefined;
  /** Rules to find secrets by, in place of the built-in ones; see `loadRules`. */
  readonly secretRules?: RuleFile | undefined;
  /** Secrets that do not count; see `parseBaseline`. */
  readonly secretBaseline?: Baseline | undefined;
  /** Whether warnings fail, in all that the report says. */
  readonly strict?: boolean | undefined;
}

/**
 * Checks an image against budgets, such as the most wasted bytes. Reads contents only to find secrets, and to compare with
 * another image.
 *
 * @param options `budgets` come from `parseBudgetFile`, `parseDiveFile` or `parseLimit`; default: those of dive
 * @throws LayersError as `inspectImage`; ERR_LAYERS_USAGE for an invalid glob; ERR_LAYERS_NEEDS_FILE where the contents of an
 *   image from a stream are needed
 *
 * @example
 * ```ts
 * const { budgets } = await parseBudgetFile(readFileSync('.layers.yaml', 'utf8'), '.layers.yaml');
 * const { verdict, results } = await checkImage(await openImage('image.tar'), { budgets });
 * for (const { level, reason } of results) console.log(level, reason);
 * process.exitCode = verdict === 'fail' ? 1 : 0;
 * ```
 */
export async function checkImage(image: Image, options: CheckImageOptions = {}): Promise<CheckReport> {
  const { against, ...others } = options;
  const analysis = await readingOf(image).analyse(options);
  if (against === undefined) return checkDocument(analysis, others);
  const { name } = against;
  const other = 'saved' in against ? against : { name, image: await readingOf(against.image).read(options) };
  return checkDocument(analysis, { ...others, against: other });
}
