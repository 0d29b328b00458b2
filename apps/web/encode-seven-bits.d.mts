/** Encodes bytes as text for `src/page/seven-bits.ts`. */
export function encodeSevenBits(bytes: Uint8Array): string;
