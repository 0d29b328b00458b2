/** Encodes bytes as text for `src/page/base85.ts`: 4 bytes in 5 characters, where base64 needs 5.33. */
export function encodeBase85(bytes) {
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  let text = '';
  for (let at = 0; at < padded.length; at += 4) {
    const digits = [];
    for (let left = padded.readUInt32BE(at), i = 0; i < 5; i++, left = Math.floor(left / 85))
      digits.unshift(left % 85);
    for (const digit of digits) text += character(digit);
  }
  return text;
}

/** From `#` to `x`, without the backslash, so that text in quotes needs no escapes. */
function character(digit) {
  const code = 0x23 + digit;
  return String.fromCharCode(code < 0x5c ? code : code + 1);
}
