const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

/**
 * Returns a function that checks the chunks of a file in order: whether they are text, that is UTF-8 without control
 * characters other than tabs and line ends. A character may be split between chunks.
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
