import type {
  CheckAgainst,
  CheckEvidence,
  CheckFigures,
  CheckReport,
  CheckResult,
} from '@layers/insight/check';
import { escapeForTerminal } from '../../output/escape.js';
import { humanBytes, percent } from '../../output/format.js';
import {
  gravestFirst,
  imageName,
  layerText,
  subjectOf,
  verdictText,
  withSameEvidence,
} from './evidence-text.js';
import { BoundedMarkdown, markdownCode, markdownHead, markdownRow, markdownText } from './markdown-text.js';

/** The longest comment on GitHub. Counted in bytes here, of which a character has at least one. */
export const MAX_COMMENT_BYTES = 65_536;

/** Room for the last line, which tells what is left out. */
const NOTE_BYTES = 256;

/** By this an action finds its own comment, to update it. */
const MARKER = '<!-- layers check -->';

const WORDS = { fail: '**failed**', warn: '**warning**', skip: 'skipped', pass: 'kept' } as const;

/**
 * Returns a report as Markdown, such as a comment of a pull request: the verdict, each budget, the difference to another
 * image, and what to blame. The same image gives the same bytes.
 */
export function markdownReport(report: CheckReport, maxBytes = MAX_COMMENT_BYTES): string {
  const { results, figures, base, against } = report;
  const text = new BoundedMarkdown(maxBytes - NOTE_BYTES);
  text.add(`${MARKER}\n### Image check: ${verdictText(report)}\n\n`);
  text.add(`${markdownCode(imageName(report).slice(0, MAX_NAME))}, ${sizeFacts(figures)}`);
  if (base !== null) text.add(`, built on ${markdownCode(named(base.name))}`);
  text.add('\n');
  const sorted = gravestFirst(results);
  text.addRows(
    `\n${markdownHead([{ title: 'Budget' }, { title: 'Verdict' }, { title: 'Limit' }, { title: 'Reason' }])}`,
    sorted.map(resultRow),
    '',
  );
  if (against !== null) addDifference(text, figures, against);
  const blamed = sorted.filter(({ level }) => level !== 'pass');
  for (const group of withSameEvidence(blamed)) addEvidence(text, group);
  return text.finish();
}

const MAX_NAME = 300;

function named(name: string): string {
  return escapeForTerminal(name).slice(0, MAX_NAME);
}

function sizeFacts({ contentBytes, layers, wastedBytes, efficiency }: CheckFigures): string {
  const counted = `${layers} ${layers === 1 ? 'layer' : 'layers'}`;
  return `${humanBytes(contentBytes)} of files in ${counted}, ${humanBytes(wastedBytes)} wasted, efficiency ${percent(efficiency)}`;
}

function resultRow({ title, level, limit, limits, reason }: CheckResult): string {
  const shown = limit ?? limits.fail ?? limits.warn;
  return markdownRow([
    markdownText(escapeForTerminal(title)),
    WORDS[level],
    shown === null ? '' : markdownText(escapeForTerminal(shown.text)),
    markdownText(escapeForTerminal(reason)),
  ]);
}

function addDifference(text: BoundedMarkdown, figures: CheckFigures, against: CheckAgainst): void {
  const before = against.figures;
  const rows = [
    ['Files of all layers', before.contentBytes, figures.contentBytes],
    ['Files of the root file system', before.rootfsBytes, figures.rootfsBytes],
    ['Layers as stored', before.storedBytes, figures.storedBytes],
    ['Wasted', before.wastedBytes, figures.wastedBytes],
  ] as const;
  const columns = [
    { title: 'Size' },
    { title: 'Before', right: true },
    { title: 'Now', right: true },
    { title: 'Difference', right: true },
  ];
  text.addRows(
    `\nCompared with ${markdownCode(named(against.name))}:\n\n${markdownHead(columns)}`,
    [
      ...rows.map(([title, was, is]) =>
        markdownRow([title, humanBytes(was), humanBytes(is), signed(is - was)]),
      ),
      markdownRow([
        'Number of layers',
        String(before.layers),
        String(figures.layers),
        plus(figures.layers - before.layers, String),
      ]),
    ],
    '',
  );
  const { added, moreAdded } = against;
  addDetails(text, 'Files that are new or larger', added, moreAdded);
}

function addEvidence(text: BoundedMarkdown, results: readonly CheckResult[]): void {
  const [first] = results;
  if (first === undefined) return;
  const title = results.map((result) => escapeForTerminal(result.title)).join(', ');
  addDetails(text, title.charAt(0).toUpperCase() + title.slice(1), first.evidence, first.moreEvidence);
}

function addDetails(
  text: BoundedMarkdown,
  title: string,
  items: readonly CheckEvidence[],
  more: number,
): void {
  const columns = [{ title: 'Where' }, { title: 'Size', right: true }, { title: 'What' }, { title: 'Layer' }];
  const note = more === 0 ? '' : `\nand ${more} more\n`;
  text.addRows(
    `\n<details><summary>${markdownText(title)}</summary>\n\n${markdownHead(columns)}`,
    items.map(evidenceRow),
    `${note}\n</details>\n`,
  );
}

function evidenceRow(item: CheckEvidence): string {
  const { path, bytes, note, layer } = item;
  return markdownRow([
    path === null ? '' : markdownCode(subjectOf(item)),
    bytes === null ? '' : humanBytes(bytes),
    note === '' ? '' : markdownCode(escapeForTerminal(note)),
    layer === null ? '' : markdownCode(layerText(item)),
  ]);
}

function signed(bytes: number): string {
  return plus(bytes, humanBytes);
}

function plus(difference: number, format: (value: number) => string): string {
  return difference > 0 ? `+${format(difference)}` : format(difference);
}
