const FIRST = 0x23;
const BACKSLASH = 0x5c;

/** Decodes text in base 85, 5 characters to 4 bytes. Zeros at the end fill the last 4 bytes. */
export function decodeBase85(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let group = 0; group * 5 < text.length; group++) {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const code = text.charCodeAt(group * 5 + i);
      value = value * 85 + code - FIRST - (code > BACKSLASH ? 1 : 0);
    }
    view.setUint32(group * 4, value);
  }
  return bytes;
}
