import { escapeJsonText } from '@layers/core/analysis';
import {
  DOCKER_FUNCTIONS,
  GoMap,
  type GoString,
  GoStruct,
  type GoValue,
  goString,
  LazyFields,
  Template,
  type TemplateFunctions,
  textOf,
} from '@layers/gotemplate';
import { escapeLinesForTerminal } from '../output/escape.js';
import { widthOf } from '../output/text-width.js';
import { documentValue } from './document-value.js';
import { fieldValue, type RowOptions } from './field-value.js';
import { type FieldForm, memberOf, type RowField, type RowTable, readerOf } from './row-field.js';

/** How docker aligns columns: at least ten characters, and three between them. */
const LEAST_COLUMN = 10;
const GAP = 3;

export interface RowTemplateOptions extends Omit<RowOptions, 'escaped'> {
  readonly isTerminal: boolean;
}

/** A template of `--format` for lists: docker prints it for each row, with a header after `table`. */
export class RowTemplate {
  readonly #table: RowTable;
  /** By all of their names. */
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #shown: readonly string[];
  /** Null where rows have names of their own. */
  readonly #own: ReadonlySet<string> | null;
  readonly #isTable: boolean;
  readonly #template: Template;
  readonly #header: Template;
  readonly #isJson: boolean;

  /** @throws LayersError ERR_LAYERS_TEMPLATE */
  constructor(format: string, table: RowTable) {
    this.#table = table;
    const { fields, otherNames = [] } = table;
    this.#fields = new Map([...fields, ...otherNames].map((field) => [field.name, fieldOf(field)]));
    this.#shown = table.fields.map(({ name }) => name);
    this.#own = table.names === 'any' ? null : new Set(table.names);
    this.#isTable = /^table(?:\s|$)/.test(format);
    this.#isJson = format === 'json';
    const template = this.#isTable ? format.slice('table'.length).trim() : format;
    const text = this.#isJson ? '{{json .}}' : template.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
    this.#template = new Template(text);
    this.#header = new Template(text, { functions: HEADER_FUNCTIONS });
  }

  /** Whether the template asks for a field of this name. */
  uses(name: string): boolean {
    return this.#template.rootNames().has(name);
  }

  /**
   * Yields the lines for rows.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE
   */
  *pieces(rows: Iterable<object>, options: RowTemplateOptions): Generator<string | Uint8Array> {
    const { isTerminal } = options;
    // Names must not break the columns, nor control a terminal.
    const escaped = this.#isTable || (isTerminal && !this.#isJson);
    const lines = (of: Iterable<object>) => this.#lines(of, { ...options, escaped });
    if (this.#isTable) yield* this.#aligned(repeatable(rows), lines);
    else for (const line of lines(rows)) yield pieceOf(line, isTerminal, this.#isJson);
  }

  *#lines(rows: Iterable<object>, options: RowOptions): Generator<GoString> {
    for (const row of rows) yield this.#template.executeToBytes(this.#value(row, options));
  }

  #value(row: object, options: RowOptions): GoStruct {
    const value = (name: string): GoValue => {
      const field = this.#fields.get(name);
      if (field !== undefined) return fieldValue(field.read(row), field.form, options);
      const member = memberOf(row, name);
      return this.#own === null && typeof member === 'string'
        ? fieldValue(member, 'text', options)
        : documentValue(member);
    };
    const own = this.#own ?? new Set(Object.keys(row));
    const all = new LazyFields({
      names: () => [...this.#shown, ...own],
      has: (name) => this.#fields.has(name) || own.has(name),
      value,
    });
    // A map is written with its keys in the order of the alphabet, as docker writes a row.
    const shown = this.#own === null ? [...own] : this.#shown;
    const written = {
      names: () => shown,
      has: (name: string) => this.#fields.has(name) || shown.includes(name),
      value,
    };
    return new GoStruct(this.#table.type, all, new GoMap(new LazyFields(written)));
  }

  /** Yields the header and the rows, with aligned cells between tabs. Rows are read twice: there may be millions. */
  *#aligned(
    rows: Iterable<object>,
    lines: (rows: Iterable<object>) => Iterable<GoString>,
  ): Generator<string> {
    const header = this.#header.execute(this.#titles());
    const widths: number[] = [];
    const measure = (line: string) => {
      for (const [i, cell] of line.split('\t').slice(0, -1).entries())
        widths[i] = Math.max(widths[i] ?? LEAST_COLUMN, widthOf(cell) + GAP);
    };
    measure(header);
    for (const line of lines(rows)) measure(textOf(line));
    yield padded(header, widths);
    for (const line of lines(rows)) yield padded(textOf(line), widths);
  }

  #titles(): GoStruct {
    const { type } = this.#table;
    const names = this.#own === null ? [...this.#template.rootNames()].map(textOf) : [...this.#own];
    const titles = [...this.#fields].map(([name, { title }]) => [name, title] as const);
    const all = [...titles, ...names.map((name) => [name, titleOf(name)] as const)];
    return new GoStruct(type, new Map(all.map(([name, title]) => [goString(name), goString(title)])));
  }
}

/** In the header, functions leave a title as it is. */
const HEADER_FUNCTIONS: TemplateFunctions = new Map(
  [...DOCKER_FUNCTIONS].map(([name, fn]) => [
    name,
    name === 'pad' ? fn : { ...fn, call: (title: GoValue) => title },
  ]),
);

/** Returns a title for a name: `SIZE BYTES` for `sizeBytes` and `size_bytes`. */
export function titleOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toUpperCase();
}

interface Field {
  readonly form: FieldForm;
  readonly title: string;
  readonly read: (row: object) => unknown;
}

function fieldOf({ name, from, form, title = titleOf(name) }: RowField): Field {
  const read = readerOf(from);
  if (form !== 'path') return { form, title, read };
  // With its bytes where it is not UTF-8.
  const readBytes = readerOf(`${from}Base64`);
  return {
    form,
    title,
    read: (row) => {
      const path = read(row);
      return path === null ? null : { path, pathBase64: readBytes(row) };
    },
  };
}

/** Returns rows that can be read twice. A generator cannot. */
function repeatable(rows: Iterable<object>): Iterable<object> {
  return Object.is(rows[Symbol.iterator](), rows) ? [...rows] : rows;
}

/** Returns text; bytes where they are not UTF-8. */
function pieceOf(line: GoString, isTerminal: boolean, isJson: boolean): string | Uint8Array {
  const text = textOf(line);
  if (isJson) return `${escapeJsonText(text)}\n`;
  if (isTerminal) return `${escapeLinesForTerminal(text)}\n`;
  return goString(text) === line ? `${text}\n` : Buffer.from(`${line}\n`, 'latin1');
}

function padded(line: string, widths: readonly number[]): string {
  const cells = line.split('\t');
  const last = cells.length - 1;
  return `${cells.map((cell, i) => (i === last ? cell : cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))).join('')}\n`;
}
