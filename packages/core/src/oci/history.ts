/** One step of an image's making (OCI config.md, "history"). */
export interface HistoryEntry {
  /** As written: RFC 3339, but not checked. */
  readonly created: string | undefined;
  readonly createdBy: string | undefined;
  readonly author: string | undefined;
  readonly comment: string | undefined;
  /** The step changed no file and has no layer. */
  readonly emptyLayer: boolean;
}

/** A step, a layer, or both where they belong together. */
export interface JoinedHistory {
  readonly history: HistoryEntry | undefined;
  /** The position of the layer that the step made; undefined for a step without layer. */
  readonly layer: number | undefined;
}

/**
 * Finds which step made which layer: the steps that are not empty, in order.
 *
 * @param layerCount how many layers the image has
 * @returns `entries` from the base up, every step and every layer once; layers beyond the steps follow at the
 *   end. `mismatch` is true where there is a history but it has too many or too few steps, so that what is
 *   joined may be wrong. An absent history is no mismatch
 */
export function joinHistory(
  history: readonly HistoryEntry[],
  layerCount: number,
): { readonly entries: readonly JoinedHistory[]; readonly mismatch: boolean } {
  const entries: JoinedHistory[] = [];
  let layer = 0;
  for (const entry of history) {
    const made = !entry.emptyLayer && layer < layerCount;
    entries.push({ history: entry, layer: made ? layer : undefined });
    if (!entry.emptyLayer) layer++;
  }
  const mismatch = history.length > 0 && layer !== layerCount;
  for (; layer < layerCount; layer++) entries.push({ history: undefined, layer });
  return { entries, mismatch };
}
