/** Encodes bytes as text for `src/page/base85.ts`. */
export function encodeBase85(bytes: Uint8Array): string;
