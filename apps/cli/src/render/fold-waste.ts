import type { WasteDocument } from '@layers/core/analysis';
import { foldPaths } from '@layers/insight/advise';
import type { WasteLine } from './waste-table.js';

/** Fewer files are listed one by one. */
const LEAST_FILES = 4;

/**
 * Folds wasted contents that share their cause and both layers: many of a directory become one line. Returns the lines, the
 * most bytes first.
 */
export function foldWaste(waste: WasteDocument['waste']): WasteLine[] {
  const groups = new Map<string, WasteDocument['waste'][number][]>();
  for (const item of waste) {
    const key = `${item.cause} ${item.changed?.join() ?? ''} ${item.layer} ${item.unreachableFromLayer}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  const lines = [...groups.values()].flatMap((group): readonly WasteLine[] => {
    const [first] = group;
    if (first === undefined || group.length < LEAST_FILES) return group;
    const { cause, changed, layer, unreachableFromLayer } = first;
    const { paths, others } = foldPaths(
      group.map(({ path, pathBase64, sizeBytes }) => ({ path: bytesOf(path, pathBase64), sizeBytes })),
    );
    const { sizeBytes, files } = others;
    const rest = files === 0 ? [] : [{ path: '', sizeBytes, files }];
    return [...paths, ...rest].map((folded) => ({
      ...folded,
      cause,
      layer,
      unreachableFromLayer,
      ...(changed === undefined ? {} : { changed }),
    }));
  });
  return lines.sort((a, b) => b.sizeBytes - a.sizeBytes);
}

function bytesOf(path: string, base64: string | undefined): Uint8Array {
  return base64 === undefined ? Buffer.from(path) : Buffer.from(base64, 'base64');
}
