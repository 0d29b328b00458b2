import { isLayersError } from '@layers/errors';
import { fromJson, type GoValue, type Json, Template } from '@layers/gotemplate';

/** A template of `--format`, or `json` for the whole document in one line. */
export class OutputTemplate {
  readonly #template: Template | null;

  /** @throws LayersError ERR_LAYERS_TEMPLATE */
  constructor(format: string) {
    this.#template = format === 'json' ? null : new Template(format);
  }

  /**
   * Returns the text for a value. What the value's type does not have is looked up in the document, as docker does.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE
   */
  text(typed: GoValue, document: Json): string {
    if (this.#template === null) return JSON.stringify(document);
    try {
      return this.#template.execute(typed);
    } catch (error) {
      if (!isLayersError(error)) throw error;
      try {
        return this.#template.execute(fromJson(document), { missingKeyIsError: true });
      } catch {
        // The message about the value with types names the field that is missing.
        throw error;
      }
    }
  }
}
