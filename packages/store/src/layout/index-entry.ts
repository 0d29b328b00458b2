import type { Descriptor } from '@layers/core/oci';

/** A descriptor of `index.json`. */
export interface IndexEntry {
  readonly descriptor: Descriptor;
  /** Its name as docker shows it, `alpine:3.20`; null where it has none. Hostile text. */
  readonly name: string | null;
  /** The whole of it as it stands there, with what is unknown here. */
  readonly raw: Readonly<Record<string, unknown>>;
}
