import { encodeRune, type GoString, runeAt } from '../go-string.js';
import { GoUint8, type GoValue, typeOf } from '../value.js';
import { formatValue } from './print.js';
import { newSpec, type Spec } from './spec.js';

/** Go's limit of widths and precisions. */
const MOST_WIDTH = 1_000_000;

/** Formats values by a format as `fmt.Sprintf` does. Faults of the format are shown in the text, as in Go. */
export function sprintf(format: GoString, args: readonly GoValue[]): GoString {
  return new Printf(format, args).text();
}

class Printf {
  readonly #format: GoString;
  readonly #args: readonly GoValue[];
  #at = 0;
  /** The position of the next argument. */
  #next = 0;
  /** Whether `%[n]` chose an argument: then those that are left are not counted. */
  #isReordered = false;
  #isGoodIndex = true;
  #out = '';

  constructor(format: GoString, args: readonly GoValue[]) {
    this.#format = format;
    this.#args = args;
  }

  text(): GoString {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent === -1 ? this.#format.length : percent;
      this.#out += this.#format.slice(this.#at, end);
      this.#at = end + 1;
      if (percent !== -1 && !this.#verb()) break;
    }
    if (!this.#isReordered && this.#next < this.#args.length) this.#out += this.#extra();
    return this.#out;
  }

  #extra(): GoString {
    const shown = this.#args
      .slice(this.#next)
      .map((arg) =>
        arg === undefined || arg === null ? '<nil>' : `${typeOf(arg)}=${formatValue(arg, 'v', newSpec())}`,
      );
    return `%!(EXTRA ${shown.join(', ')})`;
  }

  /** Formats one verb. Returns false where the format ends before it. */
  #verb(): boolean {
    const spec = newSpec();
    this.#isGoodIndex = true;
    this.#flags(spec);
    let isAfterIndex = this.#index();
    isAfterIndex = this.#width(spec, isAfterIndex);
    isAfterIndex = this.#precision(spec, isAfterIndex);
    if (!isAfterIndex) this.#index();
    if (this.#at >= this.#format.length) {
      this.#out += '%!(NOVERB)';
      return false;
    }
    const { code, size } = runeAt(this.#format, this.#at);
    this.#at += size;
    const verb = encodeRune(code);
    if (verb === '%') this.#out += '%';
    else if (!this.#isGoodIndex) this.#out += `%!${verb}(BADINDEX)`;
    else if (this.#next >= this.#args.length) this.#out += `%!${verb}(MISSING)`;
    else this.#out += this.#formatted(verb, spec);
    return true;
  }

  #formatted(verb: string, spec: Spec): GoString {
    if (verb === 'v') {
      Object.assign(spec, { sharpV: spec.sharp, sharp: false, plusV: spec.plus, plus: false });
    }
    return formatValue(this.#args[this.#next++], verb, spec);
  }

  #flags(spec: Spec): void {
    for (; ; this.#at++) {
      const flag = this.#format[this.#at];
      if (flag === '#') spec.sharp = true;
      else if (flag === '0') spec.zero = true;
      else if (flag === '+') spec.plus = true;
      else if (flag === '-') spec.minus = true;
      else if (flag === ' ') spec.space = true;
      else return;
    }
  }

  #width(spec: Spec, isAfterIndex: boolean): boolean {
    if (this.#format[this.#at] === '*') {
      this.#at++;
      spec.width = this.#argumentAsSize();
      if (spec.width === null) this.#out += '%!(BADWIDTH)';
      else if (spec.width < 0) Object.assign(spec, { width: -spec.width, minus: true, zero: false });
      return false;
    }
    spec.width = this.#size();
    if (isAfterIndex && spec.width !== null) this.#isGoodIndex = false;
    return isAfterIndex;
  }

  #precision(spec: Spec, isAfterIndex: boolean): boolean {
    // A point at the very end of the format is taken as the verb.
    if (this.#at + 1 >= this.#format.length || this.#format[this.#at] !== '.') return isAfterIndex;
    this.#at++;
    if (isAfterIndex) this.#isGoodIndex = false;
    const isIndexed = this.#index();
    if (this.#format[this.#at] === '*') {
      this.#at++;
      const size = this.#argumentAsSize();
      // A precision below zero is as none.
      spec.precision = size !== null && size >= 0 ? size : null;
      if (spec.precision === null) this.#out += '%!(BADPREC)';
      return false;
    }
    spec.precision = this.#size() ?? 0;
    return isIndexed;
  }

  /** Reads `[n]`. Returns whether there was one. */
  #index(): boolean {
    if (this.#format[this.#at] !== '[') return false;
    this.#isReordered = true;
    const close = this.#format.indexOf(']', this.#at);
    const digits = close === -1 ? '' : this.#format.slice(this.#at + 1, close);
    this.#at = close === -1 ? this.#at + 1 : close + 1;
    const index = /^\d{1,7}$/.test(digits) ? Number(digits) : Number.NaN;
    const isNumber = index <= MOST_WIDTH;
    if (isNumber && index >= 1 && index <= this.#args.length) {
      this.#next = index - 1;
      return true;
    }
    this.#isGoodIndex = false;
    return isNumber;
  }

  #size(): number | null {
    const start = this.#at;
    while (/^\d$/.test(this.#format[this.#at] ?? '')) this.#at++;
    if (start === this.#at) return null;
    const size = Number(this.#format.slice(start, this.#at));
    if (size <= MOST_WIDTH) return size;
    this.#at = this.#format.length;
    return null;
  }

  #argumentAsSize(): number | null {
    if (this.#next >= this.#args.length) return null;
    const arg = this.#args[this.#next++];
    const size = arg instanceof GoUint8 ? arg.value : arg;
    if (typeof size !== 'bigint' || size > MOST_WIDTH || size < -MOST_WIDTH) return null;
    return Number(size);
  }
}
