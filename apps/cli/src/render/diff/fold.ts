import type { FileChange } from '@layers/core/diff';
import type { FoldedChange, Item } from './directories.js';
import { deltaOf, layerText, weightOf } from './file-changes.js';

/** Deeper added or removed directories are listed path by path, and those beyond the limit. */
const MAX_DEPTH = 32;
const MAX_OPEN = 4096;

/** An added or removed directory whose descendants still arrive. */
interface OpenDirectory {
  readonly change: FileChange;
  readonly order: number;
  weight: number;
  changes: number;
  bytes: number;
  /** The weight of the changes by each layer, with one of them, by the layer's text. */
  readonly layers: Map<string, { weight: number; readonly change: FileChange }>;
}

/** The number of layers that are distinguished below one directory. */
const MAX_LAYERS = 64;

export interface Fold {
  /** Adds the next change. */
  add(change: FileChange): FoldedChange;
  /** Emits the directories that are still open. */
  end(): void;
}

/**
 * Folds an added or removed directory and everything below it into one line, and omits other hard links to a listed
 * file. Calls `emit` with each complete line, in no particular order.
 *
 * @param folds whether to fold; if not, each change is one line
 */
export function createFold(folds: boolean, emit: (item: Item) => void): Fold {
  const open = new Map<string, OpenDirectory>();
  let latest: OpenDirectory | undefined;
  let order = 0;

  const close = (path: string, { change, order: first, weight, changes, bytes, layers }: OpenDirectory) => {
    open.delete(path);
    if (changes === 1) {
      emit({ change, order: first, weight, changes });
      return;
    }
    const [heaviest] = [...layers.values()].sort((x, y) => y.weight - x.weight);
    const by = { change: heaviest?.change ?? change, others: layers.size - 1 };
    emit({ change, order: first, weight, changes, bytesBelow: bytes, by });
  };

  const addToLayer = ({ layers }: OpenDirectory, change: FileChange, weight: number) => {
    const key = layerText(change);
    const known = layers.get(key);
    if (known !== undefined) known.weight += weight;
    else if (layers.size < MAX_LAYERS) layers.set(key, { weight, change });
  };

  /** Returns the open directory with the same kind of change that contains the path. */
  const findOpen = ({ path, change }: FileChange): OpenDirectory | undefined => {
    if (latest !== undefined && contains(latest, path, change)) return latest;
    let end = path.indexOf('/', 1);
    for (let depth = 0; depth < MAX_DEPTH && end > 0; depth++) {
      const found = open.get(path.slice(0, end));
      if (found !== undefined) return found.change.change === change ? found : undefined;
      end = path.indexOf('/', end + 1);
    }
    return undefined;
  };

  return {
    add(change) {
      const position = order++;
      const weight = weightOf(change);
      const directory = folds && open.size > 0 ? findOpen(change) : undefined;
      if (directory !== undefined) {
        directory.weight += weight;
        directory.changes++;
        directory.bytes += Math.abs(deltaOf(change));
        addToLayer(directory, change, weight);
        latest = directory;
        return { path: directory.change.path, isOtherName: false };
      }
      const isOtherName = folds && change.linkedTo !== undefined;
      if (folds && isWholeDirectory(change)) {
        for (const [path, oldest] of open) {
          if (open.size < MAX_OPEN) break;
          close(path, oldest);
        }
        const opened = { change, order: position, weight, changes: 1, bytes: 0, layers: new Map() };
        addToLayer(opened, change, weight);
        open.set(change.path, opened);
      } else if (!isOtherName) emit({ change, order: position, weight, changes: 1 });
      return { path: change.path, isOtherName };
    },
    end() {
      for (const [path, directory] of open) close(path, directory);
    },
  };
}

function contains({ change: directory }: OpenDirectory, path: string, change: FileChange['change']): boolean {
  return directory.change === change && path.startsWith(`${directory.path}/`);
}

function isWholeDirectory({ change, type, path }: FileChange): boolean {
  return type === 'directory' && (change === 'added' || change === 'removed') && path !== '/';
}
