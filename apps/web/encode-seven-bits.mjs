/** The characters that text in quotes cannot contain as they are. */
const ESCAPED = [0x00, 0x0a, 0x0d, 0x22, 0x5c];

/**
 * Encodes bytes as text for `src/page/seven-bits.ts`: in UTF-8, 7 bytes take 8, where base64 needs 9.3. A character that must be
 * escaped forms one character of two bytes with the seven bits after it.
 */
export function encodeSevenBits(bytes) {
  const codes = [];
  let escaped = -1;
  for (const seven of sevens(bytes)) {
    if (escaped === -1 && ESCAPED.includes(seven)) escaped = ESCAPED.indexOf(seven);
    else {
      codes.push((escaped + 1) * 0x80 + seven);
      escaped = -1;
    }
  }
  if (escaped !== -1) codes.push((escaped + 1) * 0x80);
  return codes.map((code) => String.fromCharCode(code)).join('');
}

function* sevens(bytes) {
  let [value, bits] = [0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 7) {
      bits -= 7;
      yield value >> bits;
      value &= (1 << bits) - 1;
    }
  }
  if (bits > 0) yield value << (7 - bits);
}
