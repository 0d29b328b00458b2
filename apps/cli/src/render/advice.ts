import type { Advice, AdviceDocument, LayerStep } from '@layers/insight/advise';
import { escapeForTerminal, escapeName } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import { wrapped } from '../output/text-width.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';

/** Renders what to change in a Dockerfile: for each advice what is wrong, where, and what to do. */
export function* renderAdvice(document: AdviceDocument, view: View): Generator<string> {
  const { source, image, totals, advice, findings } = document;
  const { savableBytes, contentBytes, repackBytes, baseLayers, pullBytes, secretsIn } = totals;
  const parts = [`${view.bytes(savableBytes)} of ${view.bytes(contentBytes)}`];
  if (repackBytes > 0) parts.push(`${view.bytes(repackBytes)} of it by layers repack --drop-waste`);
  if (baseLayers > 0) parts.push(`${counted(baseLayers, 'layer')} of the base left out`);
  const facts = [{ label: 'savable', parts }];
  if (pullBytes > 0) facts.push({ label: 'pulled', parts: [`${view.bytes(pullBytes)} again for no reason`] });
  facts.push({ label: 'secrets', parts: [SECRETS_IN[secretsIn]] });
  yield* imageHeading(source, image, facts, view);
  for (const [i, each] of advice.entries()) {
    yield '\n';
    yield* renderOne(i + 1, each, view);
  }
  if (advice.length === 0) yield '\nNothing to change.\n';
  yield* findingsSection(findings, view);
}

const SECRETS_IN = {
  contents: 'searched in the config, the history and all files',
  names: 'searched in the config, the history and the names of files: --secrets reads files',
} as const;

const LABEL_COLUMNS = 9;
const LEAST_TEXT = 40;

function* renderOne(number: number, advice: Advice, view: View): Generator<string> {
  const { bold, yellow, green } = view.colours;
  const { savableBytes, pullBytes, rule, problem, fix, example, wastedBy, storedBy, paths, morePaths } =
    advice;
  const bytes = savableBytes + pullBytes;
  const size = bytes === 0 ? '' : `${view.bytes(bytes)}: `;
  const named = rule === null ? '' : ` (${escapeForTerminal(rule)})`;
  const room = Math.max(LEAST_TEXT, view.width - LABEL_COLUMNS - 1);
  const rows: (Cell | string)[][] = [];
  const add = (label: string, lines: readonly string[], paint?: (text: string) => string): void => {
    lines.forEach((text, i) => {
      rows.push([i === 0 ? label : '', paint === undefined ? text : { text, paint }]);
    });
  };
  add(String(number), wrapped(`${size}${escapeForTerminal(problem)}${named}`, room), (text) =>
    bold(yellow(text)),
  );
  if (wastedBy !== null) add('by', [stepText(wastedBy, view)]);
  const shownLayers = view.truncate ? storedBy.slice(0, MOST_LAYERS) : storedBy;
  add('stored', [
    ...shownLayers.map((step) => `${stepText(step, view)}`),
    ...moreLine(storedBy.length - shownLayers.length, 'layer'),
  ]);
  const shownPaths = view.truncate ? paths.slice(0, MOST_PATHS) : paths;
  add('paths', [
    ...shownPaths.map(
      ({ path, pathBase64, sizeBytes }) =>
        `${escapeName(path, pathBase64)}${sizeBytes === 0 ? '' : `  ${view.bytes(sizeBytes)}`}`,
    ),
    ...moreLine(morePaths + paths.length - shownPaths.length, 'path'),
  ]);
  add('fix', wrapped(fix, room), green);
  if (example !== null) add('', [example]);
  yield* table(view, [{ title: '' }, { title: '', cut: 'end' }], rows, { titles: false, indent: 1 });
}

const MOST_LAYERS = 3;
const MOST_PATHS = 4;

function moreLine(count: number, what: string): string[] {
  return count > 0 ? [`and ${counted(count, `more ${what}`)}: --no-trunc or --json shows more`] : [];
}

function stepText({ layer, instruction }: LayerStep, view: View): string {
  return `layer ${layer}  ${instructionCell(instruction, view)}`;
}
