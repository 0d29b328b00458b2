/** A digest (OCI descriptor.md, "Digests"): the algorithm, a colon, and the encoded hash. Declared or computed. */
export type Digest = `${string}:${string}`;

/** The algorithms that can be computed. Digests of other algorithms are copied, but never verified. */
export type ComputableAlgorithm = 'sha256' | 'sha512';

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const SHA256 = /^sha256:[a-f0-9]{64}$/;
const SHA512 = /^sha512:[a-f0-9]{128}$/;

/** The limit in characters. Longer texts are refused without matching the grammar. */
const MAX_LENGTH = 1024;

/**
 * Returns whether `text` is a valid digest (OCI descriptor.md, "Digests"). The hash of sha256 and sha512 must be
 * lowercase hexadecimal of the right length. Unknown algorithms are valid.
 */
export function isDigest(text: string): text is Digest {
  if (text.length > MAX_LENGTH || !GRAMMAR.test(text)) return false;
  if (text.startsWith('sha256:')) return SHA256.test(text);
  if (text.startsWith('sha512:')) return SHA512.test(text);
  return true;
}

/** Returns `text` as a digest, or null where it is invalid. */
export function parseDigest(text: string): Digest | null {
  return isDigest(text) ? text : null;
}

/** Returns the algorithm, such as `sha256`. */
export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** Returns the encoded hash; hexadecimal for sha256 and sha512. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Returns the first 12 characters of the hash, as docker shows ids. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}

/** Returns the algorithm to verify `digest` with; null where it cannot be computed. */
export function computableAlgorithmOf(digest: Digest): ComputableAlgorithm | null {
  const algorithm = algorithmOf(digest);
  return algorithm === 'sha256' || algorithm === 'sha512' ? algorithm : null;
}
