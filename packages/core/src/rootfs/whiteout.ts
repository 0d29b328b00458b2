/** What the last part of a name says by AUFS's convention (OCI image-spec, layer.md "Whiteouts"). */
export type NameMeaning =
  /** An ordinary name. */
  | 'entry'
  /** `.wh.name`: hides `name` of the layers below. */
  | 'whiteout'
  /** `.wh..wh..opq`: hides everything that the layers below have in this directory. */
  | 'opaque'
  /** `.wh..wh.…`: AUFS's own bookkeeping. */
  | 'bookkeeping'
  /** `.wh.` alone, or one that would hide `.` or `..`. */
  | 'bare';

export const WHITEOUT_PREFIX_BYTES = 4;
const OPAQUE = Buffer.from('.wh..wh..opq');

/** The meaning of the name in `bytes` from `start` to `end`. */
export function meaningOf(bytes: Uint8Array, start: number, end: number): NameMeaning {
  if (!prefixedAt(bytes, start, end)) return 'entry';
  if (end - start === OPAQUE.length && OPAQUE.every((byte, i) => bytes[start + i] === byte)) return 'opaque';
  const hidden = start + WHITEOUT_PREFIX_BYTES;
  if (prefixedAt(bytes, hidden, end)) return 'bookkeeping';
  const length = end - hidden;
  if (length === 0) return 'bare';
  if (length <= 2 && bytes[hidden] === 0x2e && (length === 1 || bytes[hidden + 1] === 0x2e)) return 'bare';
  return 'whiteout';
}

function prefixedAt(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= WHITEOUT_PREFIX_BYTES &&
    bytes[start] === 0x2e &&
    bytes[start + 1] === 0x77 &&
    bytes[start + 2] === 0x68 &&
    bytes[start + 3] === 0x2e
  );
}
