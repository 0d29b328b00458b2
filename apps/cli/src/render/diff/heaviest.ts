/** Something to be listed among the heaviest. */
export interface Weighted {
  readonly weight: number;
  /** Of two that weigh the same, the one with the smaller number comes first. */
  readonly order: number;
}

/** The heaviest of any number of things, in memory for a bounded number. */
export interface Heaviest<Item extends Weighted> {
  offer(item: Item): void;
  /** Heaviest first. */
  list(): readonly Item[];
}

/** Spare room between two rounds of sorting out. */
const SLACK = 4;

export function createHeaviest<Item extends Weighted>(limit: number): Heaviest<Item> {
  let items: Item[] = [];
  let floor = Number.NEGATIVE_INFINITY;
  const sortOut = () => {
    items.sort(byWeight);
    if (items.length < limit) return;
    items = items.slice(0, limit);
    floor = items.at(-1)?.weight ?? Number.POSITIVE_INFINITY;
  };
  return {
    offer(item) {
      if (item.weight < floor) return;
      items.push(item);
      if (items.length > 2 * limit + SLACK) sortOut();
    },
    list() {
      sortOut();
      return items;
    },
  };
}

export function byWeight(a: Weighted, b: Weighted): number {
  return b.weight - a.weight || a.order - b.order;
}
