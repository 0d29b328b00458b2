import { createFinding, type Finding } from '../../findings/finding.js';

/** Returns a finding where a JSON document begins with a byte order mark, which parsers of Go refuse (RFC 8259, section 8.1). */
export function findByteOrderMark(bytes: Uint8Array, name: string): readonly Finding[] {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return [];
  const message = `${name} begins with a byte order mark; Docker and containerd refuse the image`;
  return [createFinding('byte-order-mark', message)];
}
