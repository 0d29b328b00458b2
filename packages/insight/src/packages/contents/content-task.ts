import type { HeldContent } from '#insight/packages/contents/held-content.js';
import {
  HEAD_BYTES,
  type LanguagePackage,
  type PackageReader,
  type RandomAccessFile,
} from '../languages/language-package.js';

/** A content to read. */
export interface ContentTask {
  /** Index of the entry in its layer. */
  readonly entry: number;
  /** Absolute. */
  readonly path: string;
  /** Decides by the first HEAD_BYTES bytes whether to read on. Default: yes. */
  readonly accepts?: ((head: Uint8Array) => boolean) | undefined;
  /** Receives the file, which can be read during the call. */
  take(file: RandomAccessFile): void;
  /** Takes what a reader found in the file, instead of the file. */
  readonly packages?: PackagesTask | undefined;
}

/** The reader of a content, and what to do with its packages. */
export interface PackagesTask {
  readonly reader: PackageReader;
  take(packages: readonly LanguagePackage[]): void;
}

export function giveTo(task: ContentTask, file: RandomAccessFile): void {
  if (task.accepts?.(file.read(0, HEAD_BYTES)) ?? true) task.take(file);
}

/** Collects a content that passes, unless its head is refused. */
export class Collector {
  readonly #held: HeldContent;
  readonly #headBytes: number;
  /** The tasks that want the content; null until its head has passed. */
  #accepted: readonly ContentTask[] | null = null;
  readonly #tasks: readonly ContentTask[];

  constructor(held: HeldContent, tasks: readonly ContentTask[], size: number) {
    held.clear();
    this.#held = held;
    this.#tasks = tasks;
    this.#headBytes = Math.min(HEAD_BYTES, size);
  }

  write(bytes: Uint8Array): void {
    if (this.#isRefused()) return;
    this.#held.write(bytes);
    this.#checkHead();
  }

  hole(bytes: number): void {
    if (this.#isRefused()) return;
    this.#held.hole(bytes);
    this.#checkHead();
  }

  end(): void {
    const held = this.#held;
    for (const task of this.#accepted ?? this.#tasks) {
      giveTo(task, {
        path: task.path,
        size: held.size,
        read: (position, length) => held.read(position, length),
      });
    }
    held.clear();
  }

  #isRefused(): boolean {
    return this.#accepted?.length === 0;
  }

  #checkHead(): void {
    if (this.#accepted !== null || this.#held.size < this.#headBytes) return;
    const head = this.#held.read(0, HEAD_BYTES);
    this.#accepted = this.#tasks.filter(({ accepts }) => accepts?.(head) ?? true);
  }
}
