import type { Digest } from '../../digest/digest.js';

/** How the contents of a layer are read that is on a server. */
export interface LayerContents {
  /**
   * Yields the content of an entry, with zeros for the holes of a sparse file. Reads the parts of the blob that contain it. Null
   * where the layer can only be read from its start.
   */
  content(entry: number): AsyncIterable<Uint8Array> | null;
  /** Returns the digest that is declared for a content; null where none is. Reading the content checks it. */
  declaredDigest(entry: number): Digest | null;
  /** Yields the blob as stored, from its start. */
  stored(): AsyncIterable<Uint8Array>;
}
