import type { LayerDescription } from '../image/describe/description.js';

/** Returns the bytes of a layer as stored, as the documents declare them; null where they do not. */
export function declaredBytes({ size, file }: LayerDescription): number | null {
  return size ?? file?.size ?? null;
}
