import {
  DOCKER_FUNCTIONS,
  GoStruct,
  type GoValue,
  goString,
  Template,
  type TemplateFunctions,
} from '@layers/gotemplate';
import { widthOf } from '../output/text-width.js';

/** A row: what a template calls its fields, and their values. */
export type TemplateRow = Readonly<Record<string, string>>;

/** How docker aligns columns: at least ten characters, and three between them. */
const LEAST_COLUMN = 10;
const GAP = 3;

/** A template of `--format` for lists: docker prints it for each row, with a header after `table`. */
export class RowTemplate {
  readonly #format: string;
  readonly #isTable: boolean;

  constructor(format: string) {
    this.#isTable = /^table(?:\s|$)/.test(format);
    const template = this.#isTable ? format.slice('table'.length).trim() : format;
    this.#format = template.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
  }

  /**
   * Returns the lines for rows.
   *
   * @param type the name of docker's type, for messages
   * @param titles the title of each field
   * @throws LayersError ERR_LAYERS_TEMPLATE
   */
  text(rows: readonly TemplateRow[], type: string, titles: TemplateRow): string {
    if (this.#format === 'json') return rows.map((row) => `${jsonOf(row)}\n`).join('');
    const template = new Template(this.#format);
    const lines = rows.map((row) => template.execute(rowValue(row, type)));
    if (!this.#isTable) return lines.map((line) => `${line}\n`).join('');
    const header = new Template(this.#format, { functions: HEADER_FUNCTIONS });
    return aligned([header.execute(rowValue(titles, type)), ...lines]);
  }
}

function rowValue(row: TemplateRow, type: string): GoValue {
  const fields = Object.entries(row).map(([name, text]) => [name, goString(text)] as const);
  return new GoStruct(type, new Map(fields));
}

/** Returns a row as docker writes it: with its keys in the order of the alphabet. */
function jsonOf(row: TemplateRow): string {
  return JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** In the header, functions leave a title as it is. */
const HEADER_FUNCTIONS: TemplateFunctions = new Map(
  [...DOCKER_FUNCTIONS].map(([name, fn]) => [
    name,
    name === 'pad' ? fn : { ...fn, call: (title: GoValue) => title },
  ]),
);

/** Aligns the cells between tabs. */
function aligned(lines: readonly string[]): string {
  const rows = lines.map((line) => line.split('\t'));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.slice(0, -1).entries()) {
      widths[i] = Math.max(widths[i] ?? LEAST_COLUMN, widthOf(cell) + GAP);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell))))
        .join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}
