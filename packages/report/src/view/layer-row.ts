/** A layer in the list of layers, with a bar of its files. */
export interface LayerRow {
  readonly layer: number;
  readonly label: string;
  readonly step: string;
  readonly size: string;
  /** What the bar shows, in words. */
  readonly title: string;
  /** What it loses and wastes; empty for nothing. */
  readonly waste: string;
  /** The parts of the bar: their share of the largest layer, and the names of their colours. */
  readonly bar: readonly { readonly share: number; readonly colour: string }[];
}
