import { ByteWriter } from '../data/byte-writer.js';
import type { ReportColumns } from '../data/report-data.js';

/** Makes the tree of paths that come in preorder: a directory before its contents, which come together. */
export class PathTree {
  readonly #names = new ByteWriter();
  #parent = new Int32Array(1024).fill(-1, 0, 1);
  #nameStart = new Uint32Array(1025);
  #count = 1;
  #nameBytes = 0;
  /** The names from the root to the last path, and the paths that they lead to. */
  readonly #open: { readonly name: string; readonly path: number }[] = [];

  /** Adds a path with its directories. Returns its position. The bytes are given as latin1. */
  add(path: string): number {
    const names = path.split('/').filter((name) => name !== '');
    let depth = 0;
    while (depth < names.length && this.#open[depth]?.name === names[depth]) depth++;
    this.#open.length = depth;
    for (const name of names.slice(depth)) this.#open.push({ name, path: this.#append(name) });
    return this.#open.at(-1)?.path ?? 0;
  }

  finish(): Pick<ReportColumns, 'paths' | 'parent' | 'nameStart' | 'names'> {
    return {
      paths: this.#count,
      parent: this.#parent.slice(0, this.#count),
      nameStart: this.#nameStart.slice(0, this.#count + 1),
      names: this.#names.finish(),
    };
  }

  #append(name: string): number {
    const path = this.#count++;
    if (path === this.#parent.length) this.#grow();
    this.#parent[path] = this.#open.at(-1)?.path ?? 0;
    this.#names.raw(Buffer.from(name, 'latin1'));
    this.#nameBytes += name.length;
    this.#nameStart[path + 1] = this.#nameBytes;
    return path;
  }

  #grow(): void {
    const parent = new Int32Array(this.#parent.length * 2);
    parent.set(this.#parent);
    this.#parent = parent;
    const nameStart = new Uint32Array(parent.length + 1);
    nameStart.set(this.#nameStart);
    this.#nameStart = nameStart;
  }
}
