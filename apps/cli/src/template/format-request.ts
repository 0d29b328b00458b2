import type { CompiledFormat, Formatted, FormattedOptions } from './compiled-format.js';
import type { FormatCommand } from './format-command.js';

/** What `--format` asks for. It is only read here: the language of templates is loaded when it is needed. */
export class FormatRequest {
  readonly text: string;
  readonly #command: FormatCommand;
  #compiled: CompiledFormat | undefined;

  constructor(text: string, command: FormatCommand) {
    this.text = text;
    this.#command = command;
  }

  /** Whether this is the usual table of the command. */
  get isUsual(): boolean {
    return this.text === 'table';
  }

  /**
   * Reads the template, so that a mistake in it is reported before an image is read.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE
   * @throws CommandError ERR_LAYERS_USAGE for a table of a command that has no rows
   */
  async compile(): Promise<void> {
    if (this.isUsual) return;
    const { compileFormat } = await import('./compiled-format.js');
    this.#compiled = compileFormat(this.text, this.#command);
  }

  /** Whether a template asks for a field of this name, or for all. Call `compile` first. */
  uses(name: string): boolean {
    return this.#compiled?.uses(name) ?? false;
  }

  /**
   * Yields the text of a result. Call `compile` first.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE where the template does not fit the result
   */
  pieces(result: Formatted, options: FormattedOptions): Iterable<string | Uint8Array> {
    if (this.#compiled === undefined) throw new Error('the format is not compiled');
    return this.#compiled.pieces(result, options);
  }
}
