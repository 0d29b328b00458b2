/** Returns bytes as text for a document, and also in base64 where they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): { text: string; base64: string | null } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  // Compares the bytes, because a name may contain U+FFFD itself.
  const exact = !text.includes('\uFFFD') || Buffer.from(text, 'utf8').equals(buffer);
  return { text, base64: exact ? null : buffer.toString('base64') };
}

/** Returns the fields of a path: `path`, and `pathBase64` where the bytes are not UTF-8. */
export function pathFields(bytes: Uint8Array): { path: string; pathBase64?: string } {
  const { text, base64 } = textOfBytes(bytes);
  return base64 === null ? { path: text } : { path: text, pathBase64: base64 };
}
