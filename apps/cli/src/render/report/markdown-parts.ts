import { cellText, type Figure, proseParts, type Statement, type Table } from '@layers/report/view';
import { escapeForTerminal } from '../../output/escape.js';
import { counted } from '../../output/format.js';
import {
  type BoundedMarkdown,
  markdownCode,
  markdownHead,
  markdownRow,
  markdownText,
} from '../check-reports/markdown-text.js';

/** Room for the last line, which tells what is left out. */
export const NOTE_BYTES = 256;
const MOST_ROWS = 10;
/** The longest text of a cell. */
const MAX_TEXT = 300;

/** Adds the sizes at the top of a report. */
export function addFigures(text: BoundedMarkdown, figures: readonly Figure[]): void {
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

/** Adds sentences below a title. */
export function addStatements(text: BoundedMarkdown, title: string, statements: readonly Statement[]): void {
  text.addRows(
    `\n**${title}**\n\n`,
    statements.map(({ text: words, step }) => {
      const end = step === undefined ? '' : `: ${code(step)}`;
      return `- ${plain(words)}${end}\n`;
    }),
    '',
  );
}

/** Columns with text of the image that is shown as code. */
const CODE = new Set(['path', 'paths', 'from', 'to', 'instruction', 'listed in', 'before', 'now']);

/** Adds the first rows of a table, folded. */
export function addTable(text: BoundedMarkdown, table: Table<number>): void {
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
export function prose(text: string): string {
  return proseParts(escapeForTerminal(cut(text)))
    .map((part, i) => (i % 2 === 0 ? markdownText(part) : markdownCode(part)))
    .join('');
}

function plain(text: string): string {
  return markdownText(escapeForTerminal(cut(text)));
}

/** Returns text of an image as code. */
export function code(text: string): string {
  return markdownCode(escapeForTerminal(cut(text)));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
