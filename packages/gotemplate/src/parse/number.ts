import { GoComplex } from '../value.js';
import type { NumberOperand } from './node.js';

const MOST_INT = 2n ** 63n - 1n;
const LEAST_INT = -(2n ** 63n);
const MOST_UINT = 2n ** 64n - 1n;

/** Reads a number of a template as Go does; null where it is none. */
export function parseNumber(text: string): NumberOperand | null {
  const complex = parseComplex(text);
  if (complex !== null) {
    return {
      kind: 'number',
      value: complex,
      int: complex.imaginary === 0 ? asInt(complex.real) : undefined,
      text,
    };
  }
  const int = parseInteger(text);
  if (int !== null && int >= LEAST_INT && int <= MOST_UINT) {
    const fits = int <= MOST_INT ? int : undefined;
    return { kind: 'number', value: fits, int: fits, text };
  }
  const float = parseFloatText(text);
  // What looks like an integer, and is not one, is too large for one.
  if (float === null || !/[.eEpP]/.test(text)) return null;
  const isHexInt = /^0[xX]/.test(text) && !/[pP]/.test(text);
  return { kind: 'number', value: isHexInt ? asInt(float) : float, int: asInt(float), text };
}

function asInt(value: number): bigint | undefined {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : undefined;
}

function parseComplex(text: string): GoComplex | null {
  if (!text.endsWith('i')) return null;
  const parts = /^(.*[^eEpP+-])([+-].*)i$/.exec(text);
  if (parts === null) {
    const imaginary = parseFloatText(text.slice(0, -1));
    return imaginary === null ? null : new GoComplex(0, imaginary);
  }
  const real = parseFloatText(parts[1] ?? '');
  const imaginary = parseFloatText(parts[2] ?? '');
  return real === null || imaginary === null ? null : new GoComplex(real, imaginary);
}

const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|(0|[1-9](?:_?[0-9])*))$/;

/** Reads an integer literal of Go: `0x`, `0b`, `0o`, a leading 0, and underscores between digits. */
function parseInteger(text: string): bigint | null {
  const parts = INTEGER.exec(text);
  if (parts === null) return null;
  const [, sign, hex, binary, octal, oldOctal, decimal] = parts.map((part) => part?.replaceAll('_', ''));
  const value =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : BigInt(decimal ?? `0o${octal ?? oldOctal ?? '0'}`);
  return sign === '-' ? -value : value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;

/** Reads a floating-point literal of Go. */
function parseFloatText(literal: string): number | null {
  if (!hasGoodUnderscores(literal)) return null;
  const text = literal.replaceAll('_', '');
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }
  const parts = HEXADECIMAL.exec(text);
  if (parts === null) return null;
  const [, sign, whole = '', fraction = '', power = '0'] = parts;
  if (whole === '' && fraction === '') return null;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
  if (!Number.isFinite(value)) return null;
  return sign === '-' ? -value : value;
}

/** Whether each underscore stands between digits, or behind `0x`. */
function hasGoodUnderscores(text: string): boolean {
  if (!text.includes('_')) return true;
  const [digit, prefix] = /^[+-]?0[xX]/.test(text) ? ['[0-9a-fA-F]', '|0[xX]'] : ['[0-9]', ''];
  return !new RegExp(`(?<!${digit}${prefix})_|_(?!${digit})`).test(text);
}
