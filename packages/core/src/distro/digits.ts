/** What the version orders of dpkg, apk and rpm share: runs of digits. */

/** Compares two runs of digits of any length by their values. */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = [withoutLeadingZeros(a), withoutLeadingZeros(b)];
  if (x.length !== y.length) return x.length - y.length;
  return x === y ? 0 : x < y ? -1 : 1;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (digits[start] === '0') start++;
  return digits.slice(start);
}

/** Returns whether the character at index `at` is a digit. */
export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

/** Returns the index of the first character from `at` on that is not a digit. */
export function endOfDigits(text: string, at: number): number {
  let end = at;
  while (isDigit(text, end)) end++;
  return end;
}
