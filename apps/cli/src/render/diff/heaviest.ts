/** An item that is ranked by weight. */
export interface Weighted {
  readonly weight: number;
  /** Of two items with the same weight, the one with the smaller order comes first. */
  readonly order: number;
}

/** Keeps the heaviest of any number of items in bounded memory. */
export interface Heaviest<Item extends Weighted> {
  offer(item: Item): void;
  /** Heaviest first. */
  list(): readonly Item[];
}

/** Extra items beyond twice the limit before the list is reduced. */
const SLACK = 4;

export function createHeaviest<Item extends Weighted>(limit: number): Heaviest<Item> {
  let items: Item[] = [];
  let floor = Number.NEGATIVE_INFINITY;
  const trim = () => {
    items.sort(byWeight);
    if (items.length < limit) return;
    items = items.slice(0, limit);
    floor = items.at(-1)?.weight ?? Number.POSITIVE_INFINITY;
  };
  return {
    offer(item) {
      if (item.weight < floor) return;
      items.push(item);
      if (items.length > 2 * limit + SLACK) trim();
    },
    list() {
      trim();
      return items;
    },
  };
}

export function byWeight(a: Weighted, b: Weighted): number {
  return b.weight - a.weight || a.order - b.order;
}
