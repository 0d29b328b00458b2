import { type Changeset, linkTargetOf } from '../rootfs/changeset.js';
import { Kind } from '../rootfs/kind.js';
import { NONE } from '../rootfs/node-table.js';
import { WANTED_ROOT, type WantedPaths } from './wanted-paths.js';

/**
 * Selects the entries of a layer that can change what wanted paths are: those at these paths, which includes the directories
 * above them, and markers that hide them. An entry below a wanted path only makes it a directory, so the first one is
 * enough until the path gets another kind. Of a wanted tree, all entries are selected.
 */
export class EntrySelection {
  readonly #changeset: Changeset;
  readonly #wanted: WantedPaths;
  /** The kinds of the selected entries; other entries are ignored. */
  readonly #kinds: Uint8Array;
  /** The number of each directory of the changeset, or NONE where it is not wanted. */
  readonly #exact: Int32Array;
  /** The number of the deepest wanted path that each directory is, or is below. */
  readonly #nearest: Int32Array;
  /** 1 for each directory that is a wanted tree, or is in one. */
  readonly #inTree: Uint8Array;
  /** Whether a selected entry certainly makes a wanted path a directory; then all paths above it are, too. */
  readonly #made: boolean[] = [true];
  readonly #madeChildren = new Map<number, number[]>();
  /** Hard links below such paths, which matter only if these change. */
  readonly #passedOver = new Map<number, number[]>();
  /** Whether a wanted path is a hard link, which may be applied after all other entries. */
  #hasWantedLink = false;
  #count = 0;
  readonly #targets: Uint8Array[] = [];

  constructor(changeset: Changeset, wanted: WantedPaths) {
    this.#changeset = changeset;
    this.#wanted = wanted;
    this.#kinds = new Uint8Array(changeset.count);
    this.#exact = new Int32Array(changeset.dirParent.length).fill(NONE);
    this.#nearest = new Int32Array(changeset.dirParent.length);
    this.#inTree = new Uint8Array(changeset.dirParent.length);
  }

  /** The targets of the selected hard links, which the result depends on. */
  get targets(): readonly Uint8Array[] {
    return this.#targets;
  }

  /** Returns the layer with all other entries ignored. Its entries have the same numbers. Call it once. */
  select(): Changeset {
    this.#findDirectories();
    const { kind: kinds, parent, nameStart, nameLength, names, count } = this.#changeset;
    for (let entry = 0; entry < count; entry++) {
      const kind = kinds[entry] ?? Kind.ignored;
      if (kind === Kind.ignored) continue;
      const directory = parent[entry] ?? 0;
      if (this.#inTree[directory] === 1) {
        this.#takeInTree(this.#nearest[directory] ?? WANTED_ROOT, entry, kind);
        continue;
      }
      const at = this.#exact[directory] ?? NONE;
      if (at !== NONE) {
        const start = nameStart[entry] ?? 0;
        const length = nameLength[entry] ?? 0;
        const path = length === 0 ? at : this.#wanted.find(at, names, start, start + length);
        if (length === 0 || path !== WANTED_ROOT) {
          this.#takeAt(path, entry, kind);
          continue;
        }
      }
      if (kind !== Kind.whiteout && kind !== Kind.opaque)
        this.#takeBelow(this.#nearest[directory] ?? WANTED_ROOT, entry, kind);
    }
    return { ...this.#changeset, count: this.#count, kind: this.#kinds };
  }

  #findDirectories(): void {
    const { dirParent, dirNameStart, dirNameLength, names } = this.#changeset;
    const exact = this.#exact;
    const nearest = this.#nearest;
    const inTree = this.#inTree;
    exact[0] = WANTED_ROOT;
    // A directory gets its number after its parent.
    for (let directory = 1; directory < dirParent.length; directory++) {
      const parent = dirParent[directory] ?? 0;
      const at = exact[parent] ?? NONE;
      nearest[directory] = nearest[parent] ?? WANTED_ROOT;
      inTree[directory] = inTree[parent] ?? 0;
      if (at === NONE || inTree[directory] === 1) continue;
      const start = dirNameStart[directory] ?? 0;
      const path = this.#wanted.find(at, names, start, start + (dirNameLength[directory] ?? 0));
      if (path === WANTED_ROOT) continue;
      exact[directory] = path;
      nearest[directory] = path;
      if (this.#wanted.isTree(path)) inTree[directory] = 1;
    }
  }

  /** Selects an entry at a wanted path. */
  #takeAt(path: number, entry: number, kind: number): void {
    this.#take(entry, kind);
    if (kind === Kind.whiteout || kind === Kind.opaque) return;
    if (kind === Kind.directory) {
      this.#make(path);
      return;
    }
    this.#unmake(path);
    if (kind === Kind.link) this.#hasWantedLink = true;
    else this.#make(this.#wanted.parentOf(path));
  }

  /** Selects an entry below a wanted path if it may make that a directory. */
  #takeBelow(path: number, entry: number, kind: number): void {
    const isMade = this.#made[path] === true;
    if (kind !== Kind.link) {
      if (isMade) return;
      this.#take(entry, kind);
      this.#make(path);
    } else if (isMade && !this.#hasWantedLink) pushTo(this.#passedOver, path, entry);
    // A link without a target makes nothing.
    else this.#take(entry, kind);
  }

  /** Selects an entry in the tree of a wanted path. */
  #takeInTree(path: number, entry: number, kind: number): void {
    this.#take(entry, kind);
    if (kind !== Kind.whiteout && kind !== Kind.opaque && kind !== Kind.link) this.#make(path);
  }

  #take(entry: number, kind: number): void {
    this.#kinds[entry] = kind;
    this.#count = Math.max(this.#count, entry + 1);
    if (kind === Kind.link) this.#targets.push(linkTargetOf(this.#changeset, entry));
  }

  /** Notes that a path and all above it are directories now. */
  #make(path: number): void {
    for (let made = path; made !== NONE && this.#made[made] !== true; ) {
      this.#made[made] = true;
      const parent = this.#wanted.parentOf(made);
      pushTo(this.#madeChildren, parent, made);
      made = parent;
    }
  }

  /** Notes that a path may be no directory any more, so that entries below it matter again. */
  #unmake(path: number): void {
    const left = [path];
    for (let made = left.pop(); made !== undefined; made = left.pop()) {
      if (this.#made[made] !== true || made === WANTED_ROOT) continue;
      this.#made[made] = false;
      for (const entry of this.#passedOver.get(made) ?? []) this.#take(entry, Kind.link);
      this.#passedOver.delete(made);
      for (const child of this.#madeChildren.get(made) ?? []) left.push(child);
      this.#madeChildren.delete(made);
    }
  }
}

function pushTo(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
