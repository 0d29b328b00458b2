import { encodeRune, type GoString, isPrintable, REPLACEMENT, runesOf } from '../go-string.js';
import { formatFloat } from './float.js';
import { canBackquote, quote, quoteCharacter } from './quote.js';
import { pad, type Spec } from './spec.js';

const MOST_RUNE = 0x10ffffn;

/** Formats a boolean; null where the verb is not for booleans. */
export function formatBoolean(value: boolean, verb: string, spec: Spec): GoString | null {
  return verb === 't' || verb === 'v' ? pad(String(value), spec) : null;
}

const BASES: ReadonlyMap<string, number> = new Map([
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);

/** Formats an integer; null where the verb is not for integers. */
export function formatInteger(value: bigint, verb: string, spec: Spec, isSigned = true): GoString | null {
  if (verb === 'v') {
    if (!spec.sharpV || isSigned) return inBase(value, 10, verb, spec);
    return inBase(value, 16, verb, { ...spec, sharp: true });
  }
  const base = BASES.get(verb);
  if (base !== undefined) return inBase(value, base, verb, spec);
  const character = BigInt.asUintN(64, value);
  const code = character > MOST_RUNE ? REPLACEMENT : Number(character);
  if (verb === 'c') return pad(encodeRune(code), spec);
  if (verb === 'q') return pad(quoteCharacter(isSurrogate(code) ? REPLACEMENT : code, spec.plus), spec);
  return verb === 'U' ? unicode(character, spec) : null;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

function inBase(value: bigint, base: number, verb: string, spec: Spec): GoString {
  const isNegative = value < 0n;
  const { precision, width, zero, minus } = spec;
  if (precision === 0 && value === 0n) return pad('', spec, false);
  const sign = isNegative ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  // A precision and zeros both ask for leading zeros; the precision wins.
  let digits = precision ?? 0;
  if (precision === null && zero && !minus && width !== null) digits = width - sign.length;
  let text = (isNegative ? -value : value).toString(base).padStart(digits, '0');
  if (verb === 'X') text = text.toUpperCase();
  if (spec.sharp) {
    if (base === 2) text = `0b${text}`;
    else if (base === 8 && !text.startsWith('0')) text = `0${text}`;
    else if (base === 16) text = `0${verb === 'X' ? 'X' : 'x'}${text}`;
  }
  if (verb === 'O') text = `0o${text}`;
  return pad(sign + text, spec, false);
}

function unicode(character: bigint, spec: Spec): GoString {
  const digits = Math.max(4, spec.precision ?? 0);
  let text = `U+${character.toString(16).toUpperCase().padStart(digits, '0')}`;
  if (spec.sharp && character <= MOST_RUNE && isPrintable(Number(character))) {
    text += ` '${encodeRune(Number(character))}'`;
  }
  return pad(text, spec, false);
}

/** The precision of each verb for floating-point numbers, where none is given. */
const PRECISIONS: ReadonlyMap<string, number> = new Map([
  ['v', -1],
  ['b', -1],
  ['g', -1],
  ['G', -1],
  ['x', -1],
  ['X', -1],
  ['e', 6],
  ['E', 6],
  ['f', 6],
  ['F', 6],
]);

/** Formats a floating-point number; null where the verb is not for them. */
export function formatNumber(value: number, verb: string, spec: Spec): GoString | null {
  const usual = PRECISIONS.get(verb);
  if (usual === undefined) return null;
  const kind = verb === 'v' ? 'g' : verb === 'F' ? 'f' : verb;
  const precision = spec.precision ?? usual;
  const text = formatFloat(value, kind, precision);
  const hasSign = text.startsWith('-') || text.startsWith('+');
  let sign = hasSign ? text.slice(0, 1) : '+';
  let number = hasSign ? text.slice(1) : text;
  if (spec.space && sign === '+' && !spec.plus) sign = ' ';
  if (!Number.isFinite(value)) {
    return pad(spec.plus || sign !== '+' ? sign + number : number, spec, false);
  }
  if (spec.sharp && kind !== 'b') number = withPoint(number, kind, precision);
  if (!spec.plus && sign === '+') return pad(number, spec);
  // The sign stands before the zeros.
  const missing = (spec.width ?? 0) - number.length - 1;
  if (spec.zero && !spec.minus && missing > 0) return sign + '0'.repeat(missing) + number;
  return pad(sign + number, spec);
}

/** Returns a number with a point and the zeros at its end, as `#` asks. */
function withPoint(number: string, kind: string, precision: number): string {
  const isHex = kind === 'x' || kind === 'X';
  const at = number.search(isHex ? /[pP]/ : /[eE]/);
  let main = at === -1 ? number : number.slice(0, at);
  const tail = at === -1 ? '' : number.slice(at);
  let digits = ['g', 'G', 'x'].includes(kind) ? (precision === -1 ? 6 : precision) : 0;
  let sawDigit = false;
  for (const character of main) {
    if (character === '.') continue;
    if (character !== '0') sawDigit = true;
    if (sawDigit) digits--;
  }
  if (!main.includes('.')) {
    if (main === '0') digits--;
    main += '.';
  }
  return main + '0'.repeat(Math.max(0, digits)) + tail;
}

/** Formats a string; null where the verb is not for strings. */
export function formatString(value: GoString, verb: string, spec: Spec): GoString | null {
  switch (verb) {
    case 'v':
      return spec.sharpV ? quoted(shortened(value, spec), spec) : pad(shortened(value, spec), spec);
    case 's':
      return pad(shortened(value, spec), spec);
    case 'q':
      return quoted(shortened(value, spec), spec);
    case 'x':
    case 'X':
      return hexBytes(value, verb, spec);
    default:
      return null;
  }
}

function quoted(value: GoString, spec: Spec): GoString {
  return pad(spec.sharp && canBackquote(value) ? `\`${value}\`` : quote(value, spec.plus), spec);
}

function shortened(value: GoString, { precision }: Spec): GoString {
  if (precision === null) return value;
  let bytes = 0;
  let left = precision;
  for (const { size } of runesOf(value)) {
    if (left-- <= 0) return value.slice(0, bytes);
    bytes += size;
  }
  return value;
}

function hexBytes(value: GoString, verb: string, spec: Spec): GoString {
  const prefix = spec.sharp ? `0${verb}` : '';
  const pairs = [...value.slice(0, spec.precision ?? undefined)].map((character) =>
    character.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  if (pairs.length === 0) return pad('', spec);
  const text = spec.space ? pairs.join(` ${prefix}`) : pairs.join('');
  return pad(prefix + (verb === 'X' ? text.toUpperCase() : text), spec);
}
