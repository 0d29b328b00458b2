/** Things that were put together, in their order. */
interface Cluster {
  readonly members: readonly number[];
}

/**
 * Orders things so that similar ones stand together: the two clusters whose members are the most similar on average become
 * one, with the most similar ends beside each other, until one is left.
 *
 * @param similarity from 0 to 1, the same in both directions
 */
export function similarityOrder(count: number, similarity: (a: number, b: number) => number): number[] {
  let clusters: Cluster[] = Array.from({ length: count }, (_, i) => ({ members: [i] }));
  /** The average similarity of each two clusters, by their first members. */
  const average = Array.from({ length: count }, (_, a) =>
    Float64Array.from({ length: count }, (__, b) => similarity(a, b)),
  );
  const between = (a: Cluster, b: Cluster): number => average[keyOf(a)]?.[keyOf(b)] ?? 0;
  while (clusters.length > 1) {
    const [a, b] = closest(clusters, between);
    const merged = joined(a, b, similarity);
    const rest = clusters.filter((each) => each !== a && each !== b);
    const [sizeA, sizeB] = [a.members.length, b.members.length];
    for (const other of rest) {
      const value = (sizeA * between(a, other) + sizeB * between(b, other)) / (sizeA + sizeB);
      set(average, keyOf(merged), keyOf(other), value);
    }
    clusters = [...rest, merged];
  }
  return [...(clusters[0]?.members ?? [])];
}

/** A cluster is known by its least member. */
function keyOf({ members }: Cluster): number {
  return Math.min(...members);
}

function set(matrix: readonly Float64Array[], a: number, b: number, value: number): void {
  for (const [row, column] of [
    [a, b],
    [b, a],
  ] as const) {
    const values = matrix[row];
    if (values !== undefined) values[column] = value;
  }
}

/** Returns the two that are the most similar, the first ones of several. */
function closest(
  clusters: readonly Cluster[],
  between: (a: Cluster, b: Cluster) => number,
): [Cluster, Cluster] {
  let best = -1;
  let found: [Cluster, Cluster] | null = null;
  for (const [i, a] of clusters.entries())
    for (const b of clusters.slice(i + 1)) {
      const value = between(a, b);
      if (value <= best) continue;
      best = value;
      found = [a, b];
    }
  const [first, second] = clusters;
  return found ?? [first ?? { members: [] }, second ?? { members: [] }];
}

/** Puts two clusters beside each other, each from left to right or the other way round. */
function joined(a: Cluster, b: Cluster, similarity: (a: number, b: number) => number): Cluster {
  const [left, right] = [a.members, b.members];
  const ways = [
    [left, right],
    [left, right.toReversed()],
    [left.toReversed(), right],
    [left.toReversed(), right.toReversed()],
  ] as const;
  const fit = ([first, second]: (typeof ways)[number]): number =>
    similarity(first.at(-1) ?? 0, second[0] ?? 0);
  const [first, second] = ways.reduce((best, way) => (fit(way) > fit(best) ? way : best));
  return { members: [...first, ...second] };
}
