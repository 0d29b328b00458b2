/** The decimal digits of a number, `0.digits × 10^point`. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/**
 * Formats a number as Go's `strconv.FormatFloat` does.
 *
 * @param verb `e`, `E`, `f`, `g`, `G`, `x`, `X` or `b`
 * @param precision digits after the point (`e`, `f`, `x`) or in all (`g`); -1 for as few as identify the number
 */
export function formatFloat(value: number, verb: string, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? '-' : '';
  const size = Math.abs(value);
  if (size === Infinity) return isNegative ? '-Inf' : '+Inf';
  switch (verb) {
    case 'b':
      return sign + binary(size);
    case 'x':
    case 'X':
      return sign + inCaseOf(verb, hexadecimal(size, precision));
    case 'e':
    case 'E': {
      const decimal = precision < 0 ? shortest(size) : rounded(size, precision + 1);
      return (
        sign + inCaseOf(verb, exponential(decimal, precision < 0 ? decimal.digits.length - 1 : precision))
      );
    }
    case 'f': {
      if (precision >= 0) return sign + fixed(size, precision);
      const { digits, point } = shortest(size);
      return sign + plain({ digits, point }, Math.max(0, digits.length - point));
    }
    default:
      return sign + inCaseOf(verb, general(size, precision));
  }
}

function inCaseOf(verb: string, text: string): string {
  return verb < 'a' ? text.toUpperCase() : text;
}

/** Numbers with more digits before the point have an exponent, where no precision is given. */
const MOST_PLAIN = 6;

function general(size: number, precision: number): string {
  const isShortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = isShortest ? shortest(size) : rounded(size, wanted);
  const digits = decimal.digits.replace(/0+$/, '') || '0';
  const exponent = decimal.point - 1;
  let least = isShortest ? MOST_PLAIN : wanted;
  if (!isShortest && least > digits.length && digits.length >= decimal.point) least = digits.length;
  if (exponent < -4 || exponent >= least) {
    return exponential({ digits, point: decimal.point }, digits.length - 1);
  }
  return plain({ digits, point: decimal.point }, Math.max(0, digits.length - decimal.point));
}

function exponential({ digits, point }: Decimal, decimals: number): string {
  const [first = '0', ...rest] = digits;
  const exponent = digits === '0' || /^0*$/.test(digits) ? 0 : point - 1;
  const fraction = decimals > 0 ? `.${rest.join('').slice(0, decimals).padEnd(decimals, '0')}` : '';
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `${first}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
}

function plain({ digits, point }: Decimal, decimals: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = (point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits).slice(0, decimals);
  return decimals > 0 ? `${whole}.${fraction.padEnd(decimals, '0')}` : whole;
}

/** Returns as few digits as identify a number. JavaScript finds the same ones as Go. */
function shortest(size: number): Decimal {
  if (size === 0) return { digits: '0', point: 1 };
  const [mantissa = '0', exponent = '0'] = size.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** Returns the first digits of the exact value, rounded half to even. */
function rounded(size: number, digits: number): Decimal {
  if (size === 0) return { digits: '0'.repeat(Math.max(1, digits)), point: 1 };
  // The exponent may be one too small or too large where rounding carries.
  let point = Number(size.toExponential().split('e')[1] ?? '0') + 1;
  let text = scaled(size, digits - point).toString();
  if (text.length > digits) {
    point += text.length - digits;
    text = scaled(size, digits - point)
      .toString()
      .padEnd(digits, '0');
  }
  return { digits: text.padStart(digits, '0'), point };
}

/** Returns a number with a fixed number of decimals, rounded half to even. */
function fixed(size: number, decimals: number): string {
  const text = scaled(size, decimals)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  return decimals > 0 ? `${whole}.${text.slice(-decimals)}` : whole;
}

/** Returns `size × 10^power` as an integer, rounded half to even. */
function scaled(size: number, power: number): bigint {
  const { mantissa, exponent } = parts(size);
  const factor = 10n ** BigInt(Math.abs(power));
  let numerator = mantissa * (power > 0 ? factor : 1n);
  let denominator = power < 0 ? factor : 1n;
  if (exponent > 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  return divided(numerator, denominator);
}

function divided(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const roundsUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

/** Returns a number as `mantissa × 2^exponent`, with the mantissa as it is stored. */
function parts(size: number): { readonly mantissa: bigint; readonly exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const all = bits.getBigUint64(0);
  const stored = Number(all >> 52n) & 0x7ff;
  const fraction = all & ((1n << 52n) - 1n);
  return stored === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: stored - 1075 };
}

function binary(size: number): string {
  const { mantissa, exponent } = parts(size);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** Returns `0x1.8p+01`: one binary digit before the point, hexadecimal ones after it. */
function hexadecimal(size: number, precision: number): string {
  let { mantissa, exponent } = parts(size);
  if (mantissa === 0n) return `0x0${precision > 0 ? `.${'0'.repeat(precision)}` : ''}p+00`;
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n;
    exponent--;
  }
  exponent += 52;
  if (precision >= 0 && precision < 13) {
    const shift = BigInt(4 * (13 - precision));
    mantissa = divided(mantissa, 1n << shift) << shift;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0');
  const digits = precision < 0 ? all.replace(/0+$/, '') : all.padEnd(precision, '0').slice(0, precision);
  const power = String(Math.abs(exponent)).padStart(2, '0');
  return `0x1${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${power}`;
}
