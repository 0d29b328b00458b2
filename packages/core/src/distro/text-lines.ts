const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Calls `visit` for each line with the index of its first byte and the index after its last one, without the line end:
 * a newline with or without a carriage return. The bytes after the last newline are a line unless they are empty.
 */
export function forEachLine(bytes: Uint8Array, visit: (start: number, end: number) => void): void {
  const size = bytes.length;
  let start = 0;
  for (let at = 0; at < size; at++) {
    if (bytes[at] !== NEWLINE) continue;
    visit(start, at > start && bytes[at - 1] === RETURN ? at - 1 : at);
    start = at + 1;
  }
  if (start < size) visit(start, bytes[size - 1] === RETURN ? size - 1 : size);
}

/** Decodes a range of bytes as UTF-8; invalid bytes become U+FFFD. */
export function decodeRange(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
