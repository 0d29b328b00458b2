import type { Behaviour } from './behaviour.ts';
import type { Storage } from './storage.ts';

/** What the handlers of requests share. */
export interface Context {
  readonly storage: Storage;
  readonly behaviour: Behaviour;
  /** The origin of the registry, such as `http://127.0.0.1:5000`. */
  readonly origin: string;
  /** Returns a signed URL of a blob on the host of blobs. */
  blobUrl(repository: string, digest: string): string;
}
