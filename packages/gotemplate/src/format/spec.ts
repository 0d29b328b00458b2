import { type GoString, runeCount } from '../go-string.js';

/** The flags, width and precision of a verb, such as `%-+8.3f`. */
export interface Spec {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` and `%#v`, whose flags mean something else. */
  plusV: boolean;
  sharpV: boolean;
  width: number | null;
  precision: number | null;
}

export function newSpec(): Spec {
  return {
    plus: false,
    minus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: null,
    precision: null,
  };
}

/** Pads to the width, on the left unless `-` is set. */
export function pad(text: GoString, spec: Spec, zeros = spec.zero): GoString {
  const missing = (spec.width ?? 0) - runeCount(text);
  if (missing <= 0) return text;
  if (spec.minus) return text + ' '.repeat(missing);
  return (zeros ? '0' : ' ').repeat(missing) + text;
}
