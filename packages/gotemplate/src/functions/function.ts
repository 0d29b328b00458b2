import type { GoValue } from '../value.js';

/** The type of a parameter: any value, or one of the types that functions of templates ask for. */
export type ParameterType = 'any' | 'string' | 'int' | '[]string';

/** A function that templates can call. */
export interface TemplateFunction {
  /** The types of the fixed parameters. */
  readonly parameters: readonly ParameterType[];
  /** The type of further parameters, where any number may follow. */
  readonly rest?: ParameterType;
  /**
   * Returns the result. The arguments have the types of the parameters.
   *
   * @throws CallError
   */
  readonly call: (...args: readonly GoValue[]) => GoValue;
}

/** Functions by name. */
export type TemplateFunctions = ReadonlyMap<string, TemplateFunction>;
