import { fixupSpdxId } from '@cyclonedx/cyclonedx-library/SPDX';

/** A licence that a package states. */
export type Licence =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'expression'; readonly expression: string }
  /** Words that are not of the list of SPDX. */
  | { readonly kind: 'name'; readonly name: string };

/** The limit in characters, above the longest expressions. */
const MAX_EXPRESSION = 1000;

const TOKEN = /[()]|[^\s()]+/g;
const OPERATORS: ReadonlySet<string> = new Set(['AND', 'OR', 'WITH']);
const EXCEPTION = /^[A-Za-z0-9.-]+-exception(?:-[A-Za-z0-9.-]+)?$/i;
const REFERENCE = /^LicenseRef-[A-Za-z0-9.-]+$/;

/** Recognises identifiers and expressions of SPDX, of which every identifier is in the list. Corrects their case. */
export function licenceOf(text: string): Licence {
  const id = fixupSpdxId(text);
  if (id !== undefined) return { kind: 'id', id };
  const expression = text.length > MAX_EXPRESSION ? null : expressionOf(text);
  return expression === null ? { kind: 'name', name: text } : { kind: 'expression', expression };
}

/**
 * Returns an expression in its normal form, or null for other text.
 *
 * @see SPDX 2.3, annex D
 */
function expressionOf(text: string): string | null {
  const tokens = text.match(TOKEN) ?? [];
  const result: string[] = [];
  let depth = 0;
  let before: 'operand' | 'operator' | 'with' = 'operator';
  for (const token of tokens) {
    const operator = token.toUpperCase();
    if (token === '(') {
      if (before !== 'operator') return null;
      depth++;
      result.push(token);
    } else if (token === ')') {
      if (before !== 'operand' || depth-- === 0) return null;
      result.push(token);
    } else if (OPERATORS.has(operator)) {
      if (before !== 'operand') return null;
      before = operator === 'WITH' ? 'with' : 'operator';
      result.push(operator);
    } else {
      if (before === 'operand') return null;
      const operand = before === 'with' ? exceptionOf(token) : identifierOf(token);
      if (operand === null) return null;
      result.push(operand);
      before = 'operand';
    }
  }
  if (before !== 'operand' || depth !== 0 || result.length < 3) return null;
  return result.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');
}

function identifierOf(token: string): string | null {
  return fixupSpdxId(token) ?? (REFERENCE.test(token) ? token : null);
}

function exceptionOf(token: string): string | null {
  return EXCEPTION.test(token) ? token : null;
}
