/**
 * A digest as OCI writes it: the algorithm, a colon, the encoded sum. Whether it was declared by a document
 * or computed from bytes is for the holder to know.
 */
export type Digest = `${string}:${string}`;

/** The algorithms whose sums can be computed here. Digests of other algorithms are carried, never checked. */
export type ComputableAlgorithm = 'sha256' | 'sha512';

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const SHA256 = /^sha256:[a-f0-9]{64}$/;
const SHA512 = /^sha512:[a-f0-9]{128}$/;

/** Longer ones are refused before the grammar looks at them. */
const MAX_LENGTH = 1024;

/**
 * Whether `text` is a digest (OCI descriptor.md, "Digests"): grammatical, and for sha256 and sha512 lowercase
 * hexadecimal of the right length. Unknown algorithms pass.
 */
export function isDigest(text: string): text is Digest {
  if (text.length > MAX_LENGTH || !GRAMMAR.test(text)) return false;
  if (text.startsWith('sha256:')) return SHA256.test(text);
  if (text.startsWith('sha512:')) return SHA512.test(text);
  return true;
}

/** `text` as a digest, or null where it is none. */
export function parseDigest(text: string): Digest | null {
  return isDigest(text) ? text : null;
}

/** The part before the first colon: `sha256`. */
export function algorithmOf(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** The encoded part after the first colon; hexadecimal for sha256 and sha512. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The first 12 characters of the encoded part, as docker shows ids. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}

/** The algorithm to check `digest` with, or null where it cannot be checked here. */
export function computableAlgorithmOf(digest: Digest): ComputableAlgorithm | null {
  const algorithm = algorithmOf(digest);
  return algorithm === 'sha256' || algorithm === 'sha512' ? algorithm : null;
}
