import type { Advice } from '@layers/insight/advise';
import type { ReportData } from '@layers/report/data';
import {
  Contents,
  cellText,
  comparisonFigures,
  comparisonStory,
  comparisonTables,
  type Figure,
  imageFigures,
  imageTables,
  Paths,
  proseParts,
  reportName,
  type Statement,
  savingsText,
  shortStep,
  storyOf,
  type Table,
  withoutAdvice,
} from '@layers/report/view';
import { escapeForTerminal } from '../../output/escape.js';
import { counted, humanBytes } from '../../output/format.js';
import { MAX_COMMENT_BYTES } from '../check-reports/markdown.js';
import {
  BoundedMarkdown,
  markdownCode,
  markdownHead,
  markdownRow,
  markdownText,
} from '../check-reports/markdown-text.js';

/** Room for the last line, which tells what is left out. */
const NOTE_BYTES = 256;
const MOST_ROWS = 10;
const MOST_ADVICE = 5;
/** The longest text of a cell. */
const MAX_TEXT = 300;

/** The tables of the page that are short enough for a comment, or that a few rows stand for. */
const SHOWN = new Set(
  'layers waste files duplicates packages findings grew shrank added removed changed moved config'.split(' '),
);
/** Settings of one image are no news. */
const ONLY_OF_TWO = 'config';

/**
 * Returns a report as Markdown, for a pull request or a wiki: what the page says first, and the first rows of its tables. The
 * same report gives the same bytes, at most as many as a comment on GitHub has.
 */
export function reportMarkdown({ facts, columns }: ReportData, maxBytes = MAX_COMMENT_BYTES): string {
  const { comparison } = facts;
  const paths = new Paths(columns, comparison !== null);
  const contents = new Contents(paths);
  const text = new BoundedMarkdown(maxBytes - NOTE_BYTES);
  text.add(`### ${comparison === null ? 'Image' : 'Images'} ${code(reportName(facts))}\n`);
  addFigures(text, comparison === null ? imageFigures(facts) : comparisonFigures(facts, comparison));
  if (comparison === null) {
    addStatements(text, 'Why it is this large', storyOf(facts, contents));
    const advice = facts.advice?.advice ?? [];
    if (advice.length > 0) addAdvice(text, advice, savingsText(facts));
    else addStatements(text, 'What to change', [withoutAdvice(facts)]);
  } else addStatements(text, 'What changed', comparisonStory(facts, comparison, contents));
  const tables =
    comparison === null
      ? imageTables(facts, paths).filter(({ id }) => id !== ONLY_OF_TWO)
      : comparisonTables(facts, comparison, paths);
  for (const table of tables) if (SHOWN.has(table.id)) addTable(text, table);
  return text.finish();
}

function addFigures(text: BoundedMarkdown, figures: readonly Figure[]): void {
  const hasChanges = figures.some(({ change }) => change !== undefined);
  const columns = [
    { title: 'Figure' },
    { title: 'Value', right: true },
    ...(hasChanges ? [{ title: 'Difference', right: true }] : []),
  ];
  text.addRows(
    `\n${markdownHead(columns)}`,
    figures.map(({ label, value, change = '' }) =>
      markdownRow([label, value, ...(hasChanges ? [change] : [])]),
    ),
    '',
  );
}

function addStatements(text: BoundedMarkdown, title: string, statements: readonly Statement[]): void {
  text.addRows(
    `\n**${title}**\n\n`,
    statements.map(({ text: words, step }) => {
      const end = step === undefined ? '' : `: ${code(step)}`;
      return `- ${plain(words)}${end}\n`;
    }),
    '',
  );
}

function addAdvice(text: BoundedMarkdown, advice: readonly Advice[], savings: string): void {
  text.addRows(
    '\n**What to change**\n\n',
    advice.slice(0, MOST_ADVICE).map(({ problem, fix, example, savableBytes, storedBy, wastedBy }) => {
      const saves = savableBytes > 0 ? `, saves **${humanBytes(savableBytes)}**` : '';
      const steps = [
        ...storedBy.slice(0, 1).map((step) => ({ word: 'Stored by', ...step })),
        ...(wastedBy === null ? [] : [{ word: 'Wasted by', ...wastedBy }]),
      ].map(({ word, layer, instruction }) => {
        const step = instruction === null ? '' : `: ${code(shortStep(instruction))}`;
        return `<br>${word} layer ${layer}${step}`;
      });
      const shows = example === null ? '' : `: ${code(example)}`;
      return `1. ${prose(problem)}${saves}<br>${prose(fix)}${shows}${steps.join('')}\n`;
    }),
    savings === '' ? '' : `\n${savings}\n`,
  );
}

/** Columns with text of the image that is shown as code. */
const CODE = new Set(['path', 'paths', 'from', 'to', 'instruction', 'listed in', 'before', 'now']);

function addTable(text: BoundedMarkdown, table: Table<number>): void {
  const { title, summary, columns, rows } = table;
  const [firstRow] = rows;
  const isNumber = columns.map(({ read }) => firstRow !== undefined && typeof read(firstRow) === 'number');
  const shown = rows.slice(0, MOST_ROWS).map((row) =>
    markdownRow(
      columns.map((column) => {
        const cell = cellText(column, row);
        if (cell === '' || typeof column.read(row) === 'number') return cell;
        if (!CODE.has(column.title)) return plain(cell);
        // A list of paths has one a line; in a name, the end of a line is escaped.
        return column.title === 'paths' ? cell.split('\n').slice(0, 3).map(code).join('<br>') : code(cell);
      }),
    ),
  );
  const more = rows.length - shown.length;
  const head = markdownHead(
    columns.map((column, i) => ({ title: column.title, right: isNumber[i] === true })),
  );
  text.addRows(
    `\n<details><summary>${title}</summary>\n\n${plain(summary)}\n\n${head}`,
    shown,
    `${more === 0 ? '' : `\nand ${counted(more, 'more row')}\n`}\n</details>\n`,
  );
}

/** Returns a sentence: what stands between backticks is code. */
function prose(text: string): string {
  return proseParts(escapeForTerminal(cut(text)))
    .map((part, i) => (i % 2 === 0 ? markdownText(part) : markdownCode(part)))
    .join('');
}

function plain(text: string): string {
  return markdownText(escapeForTerminal(cut(text)));
}

function code(text: string): string {
  return markdownCode(escapeForTerminal(cut(text)));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
