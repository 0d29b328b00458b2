const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/**
 * Tells of the chunks of a file, one after another, whether a terminal can show them: they are UTF-8 and hold no
 * control characters but tabs and line ends. A character may be cut in two between chunks.
 */
export function createTextCheck(): (chunk: Uint8Array) => boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (chunk) => {
    try {
      return !CONTROL.test(decoder.decode(chunk, { stream: true }));
    } catch {
      return false;
    }
  };
}
