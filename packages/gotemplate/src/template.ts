import { Execution } from './exec/execution.js';
import { BUILTIN_FUNCTIONS } from './functions/builtin.js';
import { DOCKER_FUNCTIONS } from './functions/docker.js';
import type { TemplateFunctions } from './functions/function.js';
import { type GoString, textOf } from './go-string.js';
import type { TemplateSet } from './parse/node.js';
import { Parser } from './parse/parser.js';
import { rootNames } from './parse/root-names.js';
import type { GoValue } from './value.js';

export interface TemplateOptions {
  /** Functions beside those of Go. Default: those that docker adds. */
  readonly functions?: TemplateFunctions | undefined;
}

export interface ExecuteOptions {
  /** Whether a key that a map does not have is an error, as with Go's `missingkey=error`. Default: false. */
  readonly missingKeyIsError?: boolean | undefined;
  /** The most parts of the template that are executed; each turn of a `range` counts. Default: 10,000,000. */
  readonly mostSteps?: number | undefined;
}

const MOST_STEPS = 10_000_000;

/** A template that was read. It can be executed many times. */
export class Template {
  readonly #templates: TemplateSet;
  readonly #functions: TemplateFunctions;

  /**
   * Reads a template in the language of Go's `text/template`.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE where the text is not a template
   */
  constructor(text: string, { functions = DOCKER_FUNCTIONS }: TemplateOptions = {}) {
    this.#functions = new Map([...BUILTIN_FUNCTIONS, ...functions]);
    this.#templates = new Parser(text, new Set(this.#functions.keys())).parse();
  }

  /**
   * Returns the text of the template over a value. Bytes that are not UTF-8 become U+FFFD.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE where the template does not fit the value, or does too much
   */
  execute(data: GoValue, options: ExecuteOptions = {}): string {
    return textOf(this.executeToBytes(data, options));
  }

  /**
   * Returns the bytes of the template over a value, as a Go string.
   *
   * @throws LayersError ERR_LAYERS_TEMPLATE as `execute` does
   */
  executeToBytes(
    data: GoValue,
    { missingKeyIsError = false, mostSteps = MOST_STEPS }: ExecuteOptions = {},
  ): GoString {
    return new Execution(this.#templates, this.#functions, { missingKeyIsError, mostSteps }).run(data);
  }

  /** Returns the names of the fields that the template may ask the value for, as Go strings: `Config` of `{{.Config.Env}}`. */
  rootNames(): ReadonlySet<GoString> {
    return rootNames(this.#templates);
  }
}
