import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { LayerBytes } from '@layers/core/image';

/** The layers of images that are compared, by the digests of their blobs: a layer of both is opened once. */
export type KnownLayers = Map<Digest, { readonly layer: LayerBytes; readonly finding: Finding | undefined }>;
