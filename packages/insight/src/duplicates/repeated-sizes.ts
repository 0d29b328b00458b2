import { Kind, type Union } from '@layers/core/rootfs';

/** Contents of an image in columns, in the order of its layers and their entries. */
export interface Contents {
  readonly count: number;
  readonly layer: Int32Array;
  readonly entry: Int32Array;
  readonly size: Float64Array;
}

/**
 * Returns the contents that a path reaches and that share their size with another one. No other content can be a
 * duplicate, so no other needs to be read.
 *
 * @param leastBytes smaller contents are left out, and empty ones always
 */
export function contentsOfRepeatedSizes(union: Union, leastBytes: number): Contents {
  const least = Math.max(1, leastBytes);
  const repeated = repeatedOf(sizesOf(union, least));
  let count = 0;
  eachReachable(union, least, (_layer, _entry, size) => {
    if (contains(repeated, size)) count++;
  });
  const contents = {
    count,
    layer: new Int32Array(count),
    entry: new Int32Array(count),
    size: new Float64Array(count),
  };
  let at = 0;
  eachReachable(union, least, (layer, entry, size) => {
    if (!contains(repeated, size)) return;
    contents.layer[at] = layer;
    contents.entry[at] = entry;
    contents.size[at] = size;
    at++;
  });
  return contents;
}

function eachReachable(
  { layers, names }: Union,
  least: number,
  visit: (layer: number, entry: number, size: number) => void,
): void {
  layers.forEach(({ count, kind, size }, layer) => {
    const counts = names[layer];
    for (let entry = 0; entry < count; entry++) {
      const bytes = size[entry] ?? 0;
      if (kind[entry] === Kind.file && bytes >= least && (counts?.[entry] ?? 0) > 0)
        visit(layer, entry, bytes);
    }
  });
}

/** Returns all sizes, ascending. */
function sizesOf(union: Union, least: number): Float64Array {
  let count = 0;
  eachReachable(union, least, () => {
    count++;
  });
  const sizes = new Float64Array(count);
  let at = 0;
  eachReachable(union, least, (_layer, _entry, size) => {
    sizes[at++] = size;
  });
  return sizes.sort();
}

/** Returns each size that occurs more than once, ascending. */
function repeatedOf(sizes: Float64Array): Float64Array {
  return sizes.filter((size, i) => size === sizes[i + 1] && size !== sizes[i - 1]);
}

function contains(sorted: Float64Array, value: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle] ?? 0;
    if (found === value) return true;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
