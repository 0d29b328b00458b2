/** What text in quotes cannot contain as it is. A character from U+0080 on stands for one of them and the seven bits after it. */
const ESCAPED = [0x00, 0x0a, 0x0d, 0x22, 0x5c];

/** Decodes bytes of which each character of a text has seven bits. */
export function decodeSevenBits(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let [at, value, bits] = [0, 0, 0];
  const add = (seven: number): void => {
    value = (value << 7) | seven;
    bits += 7;
    if (bits < 8) return;
    bits -= 8;
    bytes[at++] = value >> bits;
    value &= (1 << bits) - 1;
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) add(ESCAPED[(code >> 7) - 1] ?? 0);
    add(code & 0x7f);
  }
  return bytes;
}
