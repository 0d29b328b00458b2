import type { DiffDocument, Ignorable } from '@layers/core/diff';
import { counted } from '../../output/format.js';
import type { View } from '../../output/view.js';
import { findingsSection } from '../findings.js';
import { renderFiles } from './files.js';
import { renderLayers } from './layers.js';
import { renderConfig, renderHistoryChanges, renderPackages } from './lists.js';
import type { Instructions } from './rows.js';
import { sectionHead } from './section.js';
import { sideLines } from './sides.js';

export interface DiffView {
  /** The number of lines of each section when output is truncated. */
  readonly top: number;
  readonly instructions: Instructions;
  /** Whether the text names options of the command; default true. */
  readonly namesOptions?: boolean;
}

/** Renders the differences between two images, with one part for each section of the document. */
export function* renderDiff(document: DiffDocument, options: DiffView, view: View): Generator<string> {
  if (document.identical) yield identicalLine(document, options, view);
  else yield* differences(document, options, view);
  yield* findingsSection(document.findings, view);
}

function* differences(document: DiffDocument, options: DiffView, view: View): Generator<string> {
  const { a, b, files, totals, layers, config, history, packages } = document;
  const { top, instructions } = options;
  yield* sideLines(a, b, view);
  yield '\n';
  if (files !== null && totals !== null) yield* renderFiles(files, totals, { top, instructions }, view);
  if (layers !== null) yield* renderLayers(layers, top, view);
  if (config !== null) yield* renderConfig(config, top, view);
  if (history !== null) yield* renderHistoryChanges(history, top, view);
  if (packages !== null) yield* renderPackages(packages, top, view);
  const ignored = ignoredParts(document, options);
  if (ignored.length > 0) yield* sectionHead('Ignored', ignored, view);
  if (document.byDeclaredDigests) yield* sectionHead('Trusted', trustedParts(document, options), view);
}

/** Names what counts as the same without being read. */
function trustedParts({ layers }: DiffDocument, { namesOptions = true }: DiffView): string[] {
  const trusted = layers?.shared.filter(({ computed }) => !computed).length ?? 0;
  const of =
    trusted === 0 ? 'declared digests of layers' : `declared digests of ${counted(trusted, 'layer')}`;
  return [namesOptions ? `${of} (--verify computes them)` : of];
}

/** `identical: files, layers and config compared; ignored: mtime 14 (--mtime counts them)`. */
function identicalLine(document: DiffDocument, options: DiffView, { colours }: View): string {
  const { files, layers, config, history, packages, byDeclaredDigests } = document;
  const sections = Object.entries({ files, layers, config, history, packages })
    .filter(([, section]) => section !== null)
    .map(([name]) => name);
  const ignored = ignoredParts(document, options);
  const rest = ignored.length === 0 ? '' : `; ignored: ${ignored.join(', ')}`;
  const [by, how] = byDeclaredDigests
    ? [' by declared digests', options.namesOptions === false ? '' : '; --verify computes the digests']
    : ['', ''];
  return `${colours.green('identical')}${by}: ${listed(sections)} compared${rest}${how}\n`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Differences that are ignored unless an option is given. */
const COUNTED_BY: ReadonlyMap<Ignorable, string> = new Map([
  ['mtime', '--mtime'],
  ['hardlinks', '--hardlinks'],
]);

/**
 * Lists ignored differences with their counts. Kinds ignored by default appear only if there are any; kinds that the
 * user requested to ignore always appear.
 */
function ignoredParts(
  { ignore, ignored }: Pick<DiffDocument, 'ignore' | 'ignored'>,
  { namesOptions = true }: DiffView,
): string[] {
  const counts = new Map(ignored.map(({ what, count }) => [what, count]));
  return ignore
    .map((what) => ({ what, count: counts.get(what) ?? 0, option: COUNTED_BY.get(what) }))
    .filter(({ count, option }) => count > 0 || option === undefined)
    .map(({ what, count, option }) => {
      const hint = option === undefined || !namesOptions ? '' : ` (${option} counts them)`;
      return `${what} ${count}${hint}`;
    });
}
