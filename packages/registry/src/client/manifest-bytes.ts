import type { Digest } from '@layers/core/digest';

/** A manifest or an index as the registry stores it. Its digest is that of its bytes. */
export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}
