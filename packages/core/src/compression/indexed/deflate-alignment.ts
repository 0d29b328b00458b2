/** An empty block with fixed codes (RFC 1951, 3.2.6), first bit first: 10 bits. */
const FIXED_BLOCK = '0100000000';

/**
 * An empty block with dynamic codes (RFC 1951, 3.2.7), first bit first: 93 bits. The code of the code lengths has the
 * symbols 1 (code 0) and 18 (code 1). They say: 138 and 118 literals that do not occur, the end of the block (code 0), and
 * one distance.
 */
const DYNAMIC_BLOCK = [
  '001',
  '00000',
  '00000',
  '1111',
  '000000100000000000000000000000000000000000000000000100000',
  '11111111',
  '11101011',
  '0',
  '0',
  '0',
].join('');

/** For each number of bits, blocks whose length is that of the other bits of a byte, above a multiple of eight. */
const PADDING: readonly string[] = Array.from({ length: 8 }, (_, bits) => {
  for (const dynamic of ['', DYNAMIC_BLOCK]) {
    for (let fixed = 0; fixed < 4; fixed++) {
      const blocks = dynamic + FIXED_BLOCK.repeat(fixed);
      if ((blocks.length + bits) % 8 === 0) return blocks;
    }
  }
  return '';
});

/**
 * Returns deflate data without output that ends with the `bits` high bits of the byte `last`. A decoder that gets it
 * continues inside of that byte. (zlib has `inflatePrime` for this, which Node does not offer.)
 */
export function alignment(bits: number, last: number): Uint8Array {
  let text = PADDING[bits] ?? '';
  for (let bit = 8 - bits; bit < 8; bit++) text += (last >> bit) & 1;
  const bytes = new Uint8Array(text.length / 8);
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '1') bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return bytes;
}
