import type { GoString } from '../go-string.js';
import {
  ANY,
  GoComplex,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoType,
  GoUint8,
  type GoValue,
  typeOf,
} from '../value.js';
import { formatBoolean, formatInteger, formatNumber, formatString } from './scalar.js';
import { newSpec, pad, type Spec } from './spec.js';

const NIL = '<nil>';

/** Formats a value as Go's `fmt` does for a verb. */
export function formatValue(value: GoValue, verb: string, spec: Spec): GoString {
  if (value === undefined || value === null) {
    return verb === 'T' || verb === 'v' ? pad(NIL, spec) : `%!${verb}(${NIL})`;
  }
  if (verb === 'T') return formatString(typeOf(value), 's', spec) ?? '';
  return formatAt(value, verb, spec);
}

/** Formats a value, or a part of one. A verb that is not for its type is shown, with the value. */
function formatAt(value: Exclude<GoValue, undefined | null>, verb: string, spec: Spec): GoString {
  return known(value, verb, spec) ?? `%!${verb}(${typeOf(value)}=${known(value, 'v', spec) ?? ''})`;
}

function known(value: Exclude<GoValue, undefined | null>, verb: string, spec: Spec): GoString | null {
  if (typeof value === 'boolean') return formatBoolean(value, verb, spec);
  if (typeof value === 'bigint') return formatInteger(value, verb, spec);
  if (typeof value === 'number') return formatNumber(value, verb, spec);
  if (typeof value === 'string') return formatString(value, verb, spec);
  if (value instanceof GoUint8) return formatInteger(value.value, verb, spec, false);
  if (value instanceof GoComplex) return formatComplex(value, verb, spec);
  if (value instanceof GoNil) return formatNil(value, verb, spec);
  if (verb === 'p' && !(value instanceof GoStruct)) return `%!p(${typeOf(value)})`;
  if (value instanceof GoSlice) return formatSlice(value, verb, spec);
  return value instanceof GoMap ? formatMap(value, verb, spec) : formatStruct(value, verb, spec);
}

function formatComplex({ real, imaginary }: GoComplex, verb: string, spec: Spec): GoString | null {
  const first = formatNumber(real, verb, spec);
  const second = formatNumber(imaginary, verb, { ...spec, plus: true });
  return first === null || second === null ? null : `(${first}${second}i)`;
}

function formatNil({ type }: GoNil, verb: string, spec: Spec): GoString | null {
  if (verb === 'v') return spec.sharpV ? `(${type})(nil)` : pad(NIL, spec);
  if (verb === 'p') return formatInteger(0n, 'x', { ...spec, sharp: !spec.sharp });
  // As an integer, a nil pointer is 0.
  return ['b', 'o', 'd', 'x', 'X'].includes(verb) ? formatInteger(0n, verb, spec) : null;
}

function formatSlice(value: GoSlice, verb: string, spec: Spec): GoString {
  const items = value.items.map((item) => formatPart(item, value.element, verb, spec));
  if (!spec.sharpV) return `[${items.join(' ')}]`;
  return typeOf(value) + (value.isNil ? '(nil)' : `{${items.join(', ')}}`);
}

function formatMap(value: GoMap, verb: string, spec: Spec): GoString {
  const items = value.sortedKeys.map(
    (key) => `${formatAt(key, verb, spec)}:${formatPart(value.entries.get(key), value.element, verb, spec)}`,
  );
  if (!spec.sharpV) return `map[${items.join(' ')}]`;
  return typeOf(value) + (value.isNil ? '(nil)' : `{${items.join(', ')}}`);
}

function formatStruct({ type, fields }: GoStruct, verb: string, spec: Spec): GoString {
  const items = [...fields].map(([name, value]) => {
    const text = formatPart(value, ANY, verb, spec);
    return spec.plusV || spec.sharpV ? `${name}:${text}` : text;
  });
  return spec.sharpV ? `${type}{${items.join(', ')}}` : `{${items.join(' ')}}`;
}

function formatPart(value: GoValue, type: GoType, verb: string, spec: Spec): GoString {
  if (value === undefined || value === null) return spec.sharpV ? `${type}(nil)` : NIL;
  return formatAt(value, verb, spec);
}

/** Joins values as `fmt.Sprint` does: with a space between two of which neither is a string. */
export function sprint(values: readonly GoValue[]): GoString {
  let out = '';
  let wasString = false;
  for (const [i, value] of values.entries()) {
    const isString = typeof value === 'string';
    if (i > 0 && !isString && !wasString) out += ' ';
    out += plainText(value);
    wasString = isString;
  }
  return out;
}

/** Joins values as `fmt.Sprintln` does: with spaces, and a new line at the end. */
export function sprintln(values: readonly GoValue[]): GoString {
  return `${values.map(plainText).join(' ')}\n`;
}

/** Formats a value as `%v` does. */
export function plainText(value: GoValue): GoString {
  return formatValue(value, 'v', newSpec());
}
