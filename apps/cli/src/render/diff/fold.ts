import type { FileChange } from '@layers/core/diff';
import type { Item, Taken } from './directories.js';
import { deltaOf, layerText, weightOf } from './file-changes.js';

/** Directories that were added or removed, deeper ones and more of them at a time are listed path by path. */
const MAX_DEPTH = 32;
const MAX_OPEN = 4096;

interface Open {
  readonly change: FileChange;
  readonly order: number;
  weight: number;
  changes: number;
  bytes: number;
  /** The weight of what each layer did, by what tells the layer, with one of its changes. */
  readonly layers: Map<string, { weight: number; readonly change: FileChange }>;
}

/** More layers are not told apart below one directory. */
const MAX_LAYERS = 64;

export interface Fold {
  /** Takes the next change. */
  take(change: FileChange): Taken;
  /** Gives what is still open. */
  end(): void;
}

/**
 * Makes one line of a directory that was added or removed with everything below it, and none of what is but a further
 * name of a file. Gives every line once it is whole, in no order; `folds` says whether anything is put together.
 */
export function createFold(folds: boolean, give: (item: Item) => void): Fold {
  const open = new Map<string, Open>();
  let latest: Open | undefined;
  let order = 0;

  const close = (path: string, { change, order: first, weight, changes, bytes, layers }: Open) => {
    open.delete(path);
    if (changes === 1) {
      give({ change, order: first, weight, changes });
      return;
    }
    const [heaviest] = [...layers.values()].sort((x, y) => y.weight - x.weight);
    const by = { change: heaviest?.change ?? change, others: layers.size - 1 };
    give({ change, order: first, weight, changes, bytesBelow: bytes, by });
  };

  const noteLayer = ({ layers }: Open, change: FileChange, weight: number) => {
    const key = layerText(change);
    const known = layers.get(key);
    if (known !== undefined) known.weight += weight;
    else if (layers.size < MAX_LAYERS) layers.set(key, { weight, change });
  };

  /** The open directory that holds `path` and of which the same is told. */
  const holderOf = ({ path, change }: FileChange): Open | undefined => {
    if (latest !== undefined && holds(latest, path, change)) return latest;
    let end = path.indexOf('/', 1);
    for (let depth = 0; depth < MAX_DEPTH && end > 0; depth++) {
      const found = open.get(path.slice(0, end));
      if (found !== undefined) return found.change.change === change ? found : undefined;
      end = path.indexOf('/', end + 1);
    }
    return undefined;
  };

  return {
    take(change) {
      const position = order++;
      const weight = weightOf(change);
      const holder = folds && open.size > 0 ? holderOf(change) : undefined;
      if (holder !== undefined) {
        holder.weight += weight;
        holder.changes++;
        holder.bytes += Math.abs(deltaOf(change));
        noteLayer(holder, change, weight);
        latest = holder;
        return { path: holder.change.path, isFurther: false };
      }
      const isFurther = folds && change.linkedTo !== undefined;
      if (folds && isWholeDirectory(change)) {
        for (const [path, oldest] of open) {
          if (open.size < MAX_OPEN) break;
          close(path, oldest);
        }
        const held = { change, order: position, weight, changes: 1, bytes: 0, layers: new Map() };
        noteLayer(held, change, weight);
        open.set(change.path, held);
      } else if (!isFurther) give({ change, order: position, weight, changes: 1 });
      return { path: change.path, isFurther };
    },
    end() {
      for (const [path, held] of open) close(path, held);
    },
  };
}

function holds({ change: directory }: Open, path: string, change: FileChange['change']): boolean {
  return directory.change === change && path.startsWith(`${directory.path}/`);
}

function isWholeDirectory({ change, type, path }: FileChange): boolean {
  return type === 'directory' && (change === 'added' || change === 'removed') && path !== '/';
}
