/** Reads bits, highest first, from a buffer that may be incomplete. */
export interface BitReader {
  /** Returns the next `count` bits, at most 24, without skipping them. Bits after the end are zeros. */
  peek(count: number): number;
  skip(count: number): void;
  read(count: number): number;
  read32(): number;
  /** Whether more bits were read than the buffer has, so that the last results are invalid. */
  readonly overrun: boolean;
  /** Whether a peek at this position may return bits after the end. */
  readonly nearEnd: boolean;
  /** Bits read so far. */
  readonly position: number;
}

export function bitReader(bytes: Uint8Array, startBit: number): BitReader {
  let at = startBit >>> 3;
  let held = 0;
  let heldBits = 0;

  const fill = () => {
    while (heldBits <= 24) {
      held = (held << 8) | (bytes[at++] ?? 0);
      heldBits += 8;
    }
  };
  const peek = (count: number) => {
    if (heldBits < count) fill();
    return (held >>> (heldBits - count)) & ((1 << count) - 1);
  };
  const read = (count: number) => {
    const value = peek(count);
    heldBits -= count;
    return value;
  };
  read(startBit & 7);

  return {
    peek,
    read,
    skip(count) {
      heldBits -= count;
    },
    read32: () => ((read(16) << 16) | read(16)) >>> 0,
    get overrun() {
      return at * 8 - heldBits > bytes.length * 8;
    },
    get nearEnd() {
      return at * 8 - heldBits + 24 > bytes.length * 8;
    },
    get position() {
      return at * 8 - heldBits;
    },
  };
}
