import { sprint, sprintln } from '../format/print.js';
import { sprintf } from '../format/printf.js';
import { type GoValue, isTrue } from '../value.js';
import { CallError } from './call-error.js';
import { isEqualToAny, isLess } from './compare.js';
import { indexed, lengthOf, sliced } from './contents.js';
import { escapeHtml, escapeJavaScript, escapeQuery, joined } from './escape.js';
import type { TemplateFunction, TemplateFunctions } from './function.js';

/** A function of any number of values. */
function ofAll(call: (values: readonly GoValue[]) => GoValue): TemplateFunction {
  return { parameters: [], rest: 'any', call: (...values) => call(values) };
}

/** A function of one value and any number of others. */
function ofOneAndMore(call: (value: GoValue, others: readonly GoValue[]) => GoValue): TemplateFunction {
  return { parameters: ['any'], rest: 'any', call: (value, ...others) => call(value, others) };
}

function ofTwo(call: (a: GoValue, b: GoValue) => GoValue): TemplateFunction {
  return { parameters: ['any', 'any'], call };
}

/**
 * The functions of `text/template`. `and` and `or` are called by the execution itself, which stops at the first argument
 * that decides.
 */
export const BUILTIN_FUNCTIONS: TemplateFunctions = new Map<string, TemplateFunction>([
  ['and', ofOneAndMore((value) => value)],
  ['or', ofOneAndMore((value) => value)],
  ['not', { parameters: ['any'], call: (value) => !isTrue(value) }],
  ['len', { parameters: ['any'], call: lengthOf }],
  ['index', ofOneAndMore(indexed)],
  ['slice', ofOneAndMore(sliced)],
  ['print', ofAll(sprint)],
  ['println', ofAll(sprintln)],
  [
    'printf',
    {
      parameters: ['string'],
      rest: 'any',
      call: (format, ...args) => sprintf(typeof format === 'string' ? format : '', args),
    },
  ],
  ['html', ofAll((values) => escapeHtml(joined(values)))],
  ['js', ofAll((values) => escapeJavaScript(joined(values)))],
  ['urlquery', ofAll((values) => escapeQuery(joined(values)))],
  ['eq', ofOneAndMore(isEqualToAny)],
  ['ne', ofTwo((a, b) => !isEqualToAny(a, [b]))],
  ['lt', ofTwo(isLess)],
  ['le', ofTwo((a, b) => isLess(a, b) || isEqualToAny(a, [b]))],
  ['gt', ofTwo((a, b) => !(isLess(a, b) || isEqualToAny(a, [b])))],
  ['ge', ofTwo((a, b) => !isLess(a, b))],
  [
    'call',
    ofOneAndMore(() => {
      throw new CallError('the value is not a function');
    }),
  ],
]);
