import type { Format } from './format.js';

/** Returns a size as people read it, and exactly. */
export function exactBytes(bytes: number, format: Format): string {
  const human = format.bytes(bytes);
  return bytes < 1000 || human === String(bytes) ? human : `${human} (${bytes} B)`;
}
