import type { CheckEvidence, CheckLevel, CheckReport, CheckResult } from '@layers/insight/check';
import { printMetrics } from '@layers/insight/dive';
import { escapeForTerminal, escapeName } from '../output/escape.js';
import { counted, percent } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { Column } from '../output/table-layout.js';
import type { View } from '../output/view.js';
import { baseFacts } from './base-waste.js';
import { withSameEvidence } from './check-reports/evidence-text.js';
import { findingsSection } from './findings.js';
import { type Fact, imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';

/** Renders which budgets an image keeps; for the others, what to blame. */
export function* renderCheck(report: CheckReport, view: View): Generator<string> {
  const { source, image, results, findings } = report;
  yield* imageHeading(source, image, factsOf(report, view), view);
  yield '\n';
  yield* resultsTable(results, view);
  // The findings show the damage.
  const budgets = results.filter(({ rule }) => rule !== 'damage');
  for (const blamed of withSameEvidence(budgets)) yield* evidenceSection(blamed, view);
  yield* findingsSection(findings, view);
}

function factsOf({ verdict, totals, figures, dive, base, against }: CheckReport, view: View): Fact[] {
  const { fail, warn, pass, skip } = totals;
  const counts = [`${fail} failed`, `${warn} warned`, `${pass} passed`];
  if (skip > 0) counts.push(`${skip} skipped`);
  const facts: Fact[] = [
    { label: 'verdict', parts: [verdict.toUpperCase(), ...counts] },
    {
      label: 'size',
      parts: [
        `${view.bytes(figures.storedBytes)} in ${counted(figures.layers, 'layer')}`,
        `${view.bytes(figures.contentBytes)} of files`,
        `wasted ${view.bytes(figures.wastedBytes)}`,
        `efficiency ${percent(figures.efficiency)}`,
      ],
    },
  ];
  if (dive !== null) {
    const { efficiency, wastedBytes, userWastedPercent } = printMetrics(dive);
    const parts = [
      `wasted ${view.bytes(Number(wastedBytes))}`,
      `efficiency ${efficiency} %`,
      `userWastedPercent ${userWastedPercent} %`,
    ];
    facts.push({ label: 'dive', parts });
  }
  if (base !== null) {
    facts.push(...baseFacts({ ...base, ownWastedBytes: figures.wastedBytes }, view));
  }
  if (against !== null && figures.growthBytes !== null) {
    const sign = figures.growthBytes < 0 ? '-' : '+';
    const growth = `${sign}${view.bytes(Math.abs(figures.growthBytes))} of files`;
    facts.push({ label: 'against', parts: [escapeForTerminal(against.name), growth] });
  }
  return facts;
}

function resultsTable(results: readonly CheckResult[], view: View): Generator<string> {
  const columns = [
    { title: '' },
    { title: 'budget' },
    { title: 'limit', cut: 'end', least: 8, omit: 1 },
    { title: 'result', cut: 'end', least: 24 },
  ] as const;
  const rows = results.map((result): (Cell | string)[] => [
    { text: result.level, paint: painter(result.level, view) },
    result.title,
    limitText(result, view),
    escapeForTerminal(result.reason),
  ]);
  return table(view, columns, rows, { indent: 1 });
}

function limitText({ rule, limit, limits }: CheckResult, { unicode }: View): string {
  const shown = limit ?? limits.fail ?? limits.warn;
  if (shown === null) return '';
  if (shown.unit === 'count' && rule !== 'layers') return escapeForTerminal(shown.text);
  const sign = rule === 'efficiency' ? (unicode ? '≥' : '>=') : unicode ? '≤' : '<=';
  return `${sign} ${escapeForTerminal(shown.text)}`;
}

const MOST_SHOWN = 5;
const MORE_HINT = ': --no-trunc or --json shows more';

const EVIDENCE_COLUMNS: readonly Column[] = [
  { title: '', align: 'right' },
  { title: '', cut: 'middle', least: 16 },
  { title: '', cut: 'end', least: 16 },
  { title: '', align: 'right', omit: 1 },
  { title: '', cut: 'end', least: 16, omit: 2 },
];

function* evidenceSection(results: readonly CheckResult[], view: View): Generator<string> {
  const [first] = results;
  if (first === undefined) return;
  const { evidence, moreEvidence } = first;
  yield `\n${view.colours.bold(capitalised(results.map(({ title }) => title).join(', ')))}\n`;
  const shown = view.truncate ? evidence.slice(0, MOST_SHOWN) : evidence;
  const rows = shown.map((item) => evidenceRow(item, view));
  const isUsed = EVIDENCE_COLUMNS.map((_, i) => rows.some((row) => row[i] !== ''));
  const columns = EVIDENCE_COLUMNS.filter((_, i) => isUsed[i]);
  const cells = rows.map((row) => row.filter((_, i) => isUsed[i]));
  yield* table(view, columns, cells, { indent: 1, titles: false });
  const more = evidence.length - shown.length + moreEvidence;
  if (more > 0) yield ` ${view.colours.dim(`and ${more} more${view.truncate ? MORE_HINT : ''}`)}\n`;
}

function evidenceRow(item: CheckEvidence, view: View): string[] {
  const { path, pathBase64, bytes, layer, instruction, note } = item;
  const what = escapeForTerminal(note);
  return [
    bytes === null ? '' : view.bytes(bytes),
    path === null ? what : escapeName(path, pathBase64),
    path === null ? '' : what,
    layer === null ? '' : `layer ${layer}`,
    instructionCell(instruction, view),
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function painter(level: CheckLevel, { colours }: View): (text: string) => string {
  if (level === 'fail') return colours.red;
  if (level === 'warn') return colours.yellow;
  return level === 'pass' ? colours.green : colours.dim;
}
