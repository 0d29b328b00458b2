import { escapeJsonText, exactJson } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { fromJson, type GoValue, type Json, Template } from '@layers/gotemplate';
import stableStringify from 'fast-json-stable-stringify';
import { usageError } from '../command-error.js';
import { escapeLinesForTerminal } from '../output/escape.js';
import { documentStruct } from './document-value.js';
import type { FormatCommand } from './format-command.js';
import type { RowTable } from './row-field.js';
import { ROW_TABLES } from './row-tables.js';
import { RowTemplate } from './row-template.js';

/** The result that a format prints. */
export interface Formatted {
  readonly document: object;
  /** One for each row; for commands that print their document, nothing. */
  readonly rows?: Iterable<object> | undefined;
}

export interface FormattedOptions {
  readonly isTerminal: boolean;
  readonly trunc?: boolean | undefined;
  readonly bytes?: boolean | undefined;
}

/** A format that was read. */
export interface CompiledFormat {
  uses(name: string): boolean;
  pieces(result: Formatted, options: FormattedOptions): Iterable<string | Uint8Array>;
}

/**
 * Reads the text of `--format`.
 *
 * @throws LayersError ERR_LAYERS_TEMPLATE
 * @throws CommandError ERR_LAYERS_USAGE
 */
export function compileFormat(text: string, command: FormatCommand): CompiledFormat {
  const table = tableOf(command);
  if (table !== null) return new RowFormat(text, table);
  if (/^table\s/.test(text)) {
    throw usageError(
      `--format ${text.slice(0, 20)} needs rows: layers ${command} prints one document`,
      "leave out 'table'",
    );
  }
  return new DocumentFormat(text, `layers.${command}`);
}

function tableOf(command: FormatCommand): RowTable | null {
  const tables: Readonly<Record<string, RowTable>> = ROW_TABLES;
  return tables[command] ?? null;
}

class RowFormat implements CompiledFormat {
  readonly #template: RowTemplate;

  constructor(text: string, table: RowTable) {
    this.#template = new RowTemplate(text, table);
  }

  uses(name: string): boolean {
    return this.#template.uses(name);
  }

  pieces({ rows = [] }: Formatted, options: FormattedOptions): Iterable<string | Uint8Array> {
    const { isTerminal, trunc = true, bytes = false } = options;
    return this.#template.pieces(rows, { isTerminal, noTrunc: !trunc, bytes, now: Date.now() });
  }
}

class DocumentFormat implements CompiledFormat {
  readonly #template: DocumentTemplate;
  readonly #type: string;

  constructor(text: string, type: string) {
    this.#template = new DocumentTemplate(text);
    this.#type = type;
  }

  uses(name: string): boolean {
    return this.#template.uses(name);
  }

  *pieces({ document }: Formatted, { isTerminal }: FormattedOptions): Iterable<string> {
    const text = this.#template.isJson
      ? escapeJsonText(exactJson(document, stableStringify))
      : this.#template.text(documentStruct(this.#type, document));
    yield `${isTerminal ? escapeLinesForTerminal(text) : text}\n`;
  }
}

/** A template of `--format` for a whole document, or `json`. */
export class DocumentTemplate {
  readonly #template: Template | null;

  /** @throws LayersError ERR_LAYERS_TEMPLATE */
  constructor(format: string) {
    this.#template = format === 'json' ? null : new Template(format);
  }

  get isJson(): boolean {
    return this.#template === null;
  }

  /** Whether the template asks for a field of this name. */
  uses(name: string): boolean {
    return this.#template?.rootNames().has(name) ?? false;
  }

  /**
   * Returns the text for a value. What the value's type does not have is looked up in the document, as docker does.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE
   */
  text(typed: GoValue, document?: Json): string {
    if (this.#template === null) return JSON.stringify(document);
    try {
      return this.#template.execute(typed);
    } catch (error) {
      if (!isLayersError(error) || document === undefined) throw error;
      try {
        return this.#template.execute(fromJson(document), { missingKeyIsError: true });
      } catch {
        // The message about the value with types names the field that is missing.
        throw error;
      }
    }
  }
}
