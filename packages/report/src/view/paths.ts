import type { ReportColumns } from '../data/index.js';

const ROOT = 0;
const NONE = -1;

/** The paths of a report: names, and where the contents of each directory end. */
export class Paths {
  readonly columns: ReportColumns;
  /** Whether the items are what differs in two images. */
  readonly isComparison: boolean;
  /** The path after the last one below each path. */
  readonly end: Int32Array;
  /** The first item of each path, and one end more. */
  readonly firstItem: Int32Array;
  readonly #decoder = new TextDecoder();

  constructor(columns: ReportColumns, isComparison = false) {
    const { paths, items, parent } = columns;
    this.columns = columns;
    this.isComparison = isComparison;
    this.end = Int32Array.from({ length: paths }, (_, path) => path + 1);
    for (let path = paths - 1; path > ROOT; path--) {
      const above = parent[path] ?? ROOT;
      this.end[above] = Math.max(this.end[above] ?? 0, this.end[path] ?? 0);
    }
    this.firstItem = new Int32Array(paths + 1);
    for (let item = 0; item < items; item++) {
      const next = (columns.path[item] ?? 0) + 1;
      this.firstItem[next] = (this.firstItem[next] ?? 0) + 1;
    }
    for (let path = 0; path < paths; path++)
      this.firstItem[path + 1] = (this.firstItem[path + 1] ?? 0) + (this.firstItem[path] ?? 0);
  }

  parentOf(path: number): number {
    return this.columns.parent[path] ?? NONE;
  }

  endOf(path: number): number {
    return this.end[path] ?? path + 1;
  }

  /** Returns the name of a path; what is not UTF-8 becomes U+FFFD. */
  nameOf(path: number): string {
    const { names, nameStart } = this.columns;
    return this.#decoder.decode(names.subarray(nameStart[path], nameStart[path + 1]));
  }

  /** Returns the names from the root to a path. */
  namesOf(path: number): string[] {
    const names: string[] = [];
    for (let at = path; at > ROOT; at = this.parentOf(at)) names.push(this.nameOf(at));
    return names.reverse();
  }

  /** Returns a path with a leading slash. */
  textOf(path: number): string {
    return `/${this.namesOf(path).join('/')}`;
  }

  /** Returns the path with these names from the root, or -1. */
  find(names: readonly string[]): number {
    let path = ROOT;
    for (const name of names) {
      path = this.#childNamed(path, name);
      if (path === NONE) return NONE;
    }
    return path;
  }

  /** Returns a path by its text, also where it ends with a slash, or -1. */
  findText(text: string): number {
    return this.find(text.split('/').filter((name) => name !== ''));
  }

  /** The paths in a directory. */
  *childrenOf(path: number): Generator<number> {
    const end = this.endOf(path);
    for (let child = path + 1; child < end; child = this.endOf(child)) yield child;
  }

  /** Returns the bytes of an item; in a comparison, those by which it grew, which may be below 0. */
  growthOf(item: number): number {
    const { bytes, bytesBefore } = this.columns;
    return (bytes[item] ?? 0) - (bytesBefore[item] ?? 0);
  }

  /** Returns the items of a path, the lowest layer first. */
  itemsOf(path: number): number[] {
    const first = this.firstItem[path] ?? 0;
    const count = (this.firstItem[path + 1] ?? 0) - first;
    return Array.from({ length: count }, (_, i) => first + i);
  }

  #childNamed(path: number, name: string): number {
    for (const child of this.childrenOf(path)) if (this.nameOf(child) === name) return child;
    return NONE;
  }
}
