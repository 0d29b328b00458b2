/** The kind of whiteout marker that a name is (OCI image-spec layer.md "Whiteouts"). */
export type Marker =
  /** An ordinary name. */
  | 'none'
  /** `.wh.name`: hides `name` in the layers below. */
  | 'whiteout'
  /** `.wh..wh..opq`: hides everything in this directory in the layers below. */
  | 'opaque'
  /** `.wh..wh.…`: AUFS's own bookkeeping. */
  | 'bookkeeping'
  /** `.wh.` alone, or one that would hide `.` or `..`. */
  | 'bare';

export const WHITEOUT_PREFIX_BYTES = 4;
const OPAQUE = Buffer.from('.wh..wh..opq');

/** Returns the kind of marker that the name in `bytes` from `start` to `end` is. */
export function markerOf(bytes: Uint8Array, start: number, end: number): Marker {
  if (!hasPrefix(bytes, start, end)) return 'none';
  if (end - start === OPAQUE.length && OPAQUE.every((byte, i) => bytes[start + i] === byte)) return 'opaque';
  const hidden = start + WHITEOUT_PREFIX_BYTES;
  if (hasPrefix(bytes, hidden, end)) return 'bookkeeping';
  const length = end - hidden;
  if (length === 0) return 'bare';
  if (length <= 2 && bytes[hidden] === 0x2e && (length === 1 || bytes[hidden + 1] === 0x2e)) return 'bare';
  return 'whiteout';
}

function hasPrefix(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= WHITEOUT_PREFIX_BYTES &&
    bytes[start] === 0x2e &&
    bytes[start + 1] === 0x77 &&
    bytes[start + 2] === 0x68 &&
    bytes[start + 3] === 0x2e
  );
}
