import { textOf } from '../go-string.js';
import type { Operand } from '../parse/node.js';
import type { GoStruct } from '../value.js';

/** Returns an operand as it stands in the template, for messages. */
export function describe(operand: Operand): string {
  switch (operand.kind) {
    case 'dot':
      return '.';
    case 'boolean':
      return String(operand.value);
    case 'string':
      return JSON.stringify(operand.value);
    case 'number':
      return operand.text;
    case 'variable':
      return [operand.name, ...operand.names].join('.');
    case 'field':
      return `.${operand.names.join('.')}`;
    case 'function':
      return operand.name;
    default:
      return 'nil';
  }
}

/** The most fields that a hint lists. */
const MOST_LISTED = 40;

/** Returns a hint that lists the fields of a value; undefined where it has none. */
export function fieldsHint({ fields }: GoStruct): string | undefined {
  const names = [...fields.keys()].map(textOf);
  if (names.length === 0) return undefined;
  const more = names.length > MOST_LISTED ? `, and ${names.length - MOST_LISTED} more` : '';
  return `the fields are ${names.slice(0, MOST_LISTED).join(', ')}${more}`;
}
