/** Reads bits, highest first, from a buffer that is not complete yet. */
export interface BitReader {
  /** The next `count` bits, at most 24, without passing them. Past the end they are zeros. */
  peek(count: number): number;
  skip(count: number): void;
  read(count: number): number;
  read32(): number;
  /** Whether more bits were passed than there are: what was read since is worth nothing. */
  readonly overrun: boolean;
  /** Whether a peek from here may have seen bits that are not there. */
  readonly nearEnd: boolean;
  /** Bits passed so far. */
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
