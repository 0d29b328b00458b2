/** A step of the build of an image (OCI config.md, "history"). */
export interface HistoryEntry {
  /** As in the document: RFC 3339, but not validated. */
  readonly created: string | undefined;
  readonly createdBy: string | undefined;
  readonly author: string | undefined;
  readonly comment: string | undefined;
  /** Whether the step has no layer. */
  readonly emptyLayer: boolean;
}

/** A step, a layer, or a step with its layer. */
export interface JoinedHistory {
  readonly history: HistoryEntry | undefined;
  /** The position of the layer of the step; undefined for a step without one. */
  readonly layer: number | undefined;
}

/**
 * Assigns the layers to the steps of the history that are not empty, in order.
 *
 * @param layerCount the number of layers of the image
 * @returns `entries` from the base up, with every step and every layer once; layers without a step are at the end.
 *   `mismatch` is true where the history has too many or too few steps, so that steps may be assigned wrongly. A missing
 *   history is not a mismatch
 */
export function joinHistory(
  history: readonly HistoryEntry[],
  layerCount: number,
): { readonly entries: readonly JoinedHistory[]; readonly mismatch: boolean } {
  const entries: JoinedHistory[] = [];
  let layer = 0;
  for (const entry of history) {
    const hasLayer = !entry.emptyLayer && layer < layerCount;
    entries.push({ history: entry, layer: hasLayer ? layer : undefined });
    if (!entry.emptyLayer) layer++;
  }
  const mismatch = history.length > 0 && layer !== layerCount;
  for (; layer < layerCount; layer++) entries.push({ history: undefined, layer });
  return { entries, mismatch };
}
