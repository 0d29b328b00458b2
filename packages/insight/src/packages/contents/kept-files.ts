import { isDatabasePath } from '@layers/core/distro';
import type { ContentSink, LayerObserver } from '@layers/core/image';
import type { Changeset } from '@layers/core/rootfs';
import { isLayersError } from '@layers/errors';
import type { TarEntry } from '@layers/tar';
import { HeldContent } from '#insight/packages/contents/held-content.js';
import type { LanguagePackage, PackageReader } from '../languages/language-package.js';
import { PACKAGE_READERS } from '../languages/readers.js';
import { readerOf } from '../manifests/manifest-files.js';
import { OS_RELEASE_PATHS } from '../os-release.js';
import { Collector, type ContentTask } from './content-task.js';

/** Larger databases are not kept: they are read again for each image. */
const MAX_FILE_BYTES = 4 * 2 ** 20;
const MAX_LAYER_BYTES = 2 * MAX_FILE_BYTES;

/** What is kept of a file. */
interface KeptFile {
  /** Absolute, as the tar has it. */
  readonly path: string;
  /** Null where only packages were wanted. */
  bytes: Uint8Array | null;
  readonly reader: PackageReader | null;
  /** What the reader found. */
  packages: readonly LanguagePackage[];
}

/** What was kept of layers when they were read, by their changesets. */
export interface KnownPackageFiles {
  get(changeset: Changeset): KeptPackageFiles | undefined;
}

/** The files of a layer that `packagesDocument` reads, so that the layer need not be read for each of its images. */
export class KeptPackageFiles {
  readonly #files: ReadonlyMap<number, KeptFile>;
  /** The memory that they take, about. */
  readonly memoryBytes: number;

  constructor(files: ReadonlyMap<number, KeptFile>) {
    this.#files = files;
    let bytes = 0;
    for (const { path, bytes: content, packages } of files.values())
      bytes += 150 + path.length + (content?.length ?? 0) + 400 * packages.length;
    this.memoryBytes = bytes;
  }

  /** Does tasks, all or none; returns whether all are known. */
  answer(tasks: readonly ContentTask[]): boolean {
    const answers: (() => void)[] = [];
    for (const task of tasks) {
      const answer = this.#answerTo(task);
      if (answer === null) return false;
      answers.push(answer);
    }
    for (const answer of answers) answer();
    return true;
  }

  #answerTo(task: ContentTask): (() => void) | null {
    const file = this.#files.get(task.entry);
    if (file === undefined) return null;
    const { path, bytes, reader, packages } = file;
    const wanted = task.packages;
    // The path of a program or archive counts for what is found in it.
    if (wanted !== undefined)
      return reader === wanted.reader && path === task.path ? () => wanted.take(packages) : null;
    if (bytes === null) return null;
    const read = (position: number, length: number): Uint8Array => bytes.slice(position, position + length);
    return () => task.take({ path: task.path, size: bytes.length, read });
  }
}

/** Keeps what `packagesDocument` reads of a layer while the layer is read for its index. */
export class PackageFilesObserver implements LayerObserver {
  readonly #files = new Map<number, KeptFile>();
  #held: HeldContent | null = null;
  #keptBytes = 0;

  openContent(entry: number, { path: name, size, mode }: TarEntry): ContentSink | null {
    const path = pathOf(name);
    const reader = readerOf(PACKAGE_READERS, { path, size, mode });
    const isKept = this.#keeps(path, size);
    if (reader === null && !isKept) return null;
    const kept: KeptFile = { path, bytes: null, reader, packages: [] };
    this.#files.set(entry, kept);
    const tasks: ContentTask[] = [];
    if (isKept) {
      this.#keptBytes += size;
      tasks.push({
        entry,
        path,
        take(content) {
          kept.bytes = content.read(0, content.size);
        },
      });
    }
    if (reader !== null) {
      const accepts = reader.accepts?.bind(reader);
      tasks.push({
        entry,
        path,
        accepts,
        take(content) {
          kept.packages = reader.read(content);
        },
      });
    }
    this.#held ??= new HeldContent();
    return this.#forgetting(entry, new Collector(this.#held, tasks, size));
  }

  /** Ends the layer. */
  end(): KeptPackageFiles {
    this.close();
    return new KeptPackageFiles(this.#files);
  }

  /** Removes temporary files. */
  close(): void {
    this.#held?.close();
    this.#held = null;
  }

  #keeps(path: string, size: number): boolean {
    if (size > MAX_FILE_BYTES || this.#keptBytes + size > MAX_LAYER_BYTES) return false;
    return isDatabasePath(path) || OS_RELEASE_PATHS.some((each) => each === path);
  }

  /** Forgets a file where it cannot be held, such as on a full disk: who wants it reads it, and reports that. */
  #forgetting(entry: number, sink: Required<ContentSink>): ContentSink {
    let hasFailed = false;
    const attempt = (work: () => void): void => {
      if (hasFailed) return;
      try {
        work();
      } catch (error) {
        if (!isLayersError(error)) throw error;
        hasFailed = true;
        this.#files.delete(entry);
      }
    };
    return {
      write: (bytes) => attempt(() => sink.write(bytes)),
      hole: (bytes) => attempt(() => sink.hole(bytes)),
      end: () => attempt(() => sink.end()),
    };
  }
}

/** Returns the path of an entry as text, without the variants of its start. */
function pathOf(name: Uint8Array): string {
  return `/${Buffer.from(name)
    .toString('utf8')
    .replace(/^(?:\.?\/)+/, '')}`;
}
