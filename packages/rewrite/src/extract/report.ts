import { nodePath, type Union } from '@layers/core/rootfs';

/** What could not be done as the image says it. */
export type NotDoneKind =
  /** A char or block device was not made. */
  | 'device'
  /** A FIFO was not made. */
  | 'fifo'
  /** A hard link became a copy, or was not made. */
  | 'link'
  /** Permission bits that the file system does not take. */
  | 'mode'
  | 'mtime'
  /** A name that the file system does not take. */
  | 'name'
  /** The file system takes this name for that of another path of the image. */
  | 'name-collision'
  /** Something that must not be removed stands there: a directory with contents. */
  | 'occupied'
  | 'owner'
  /** The directory that it stands in was not made. */
  | 'parent'
  /** A setuid or setgid bit was left away, since the owner is another. */
  | 'setuid'
  /** A file larger than the file system allows. */
  | 'size'
  | 'symlink'
  | 'xattr';

/** One thing that could not be done. */
export interface NotDone {
  /** The path in the image, with a leading slash: bytes, not text. */
  readonly path: Buffer;
  readonly what: NotDoneKind;
  /** One line that says why. */
  readonly message: string;
}

/** What was made below the directory. */
export interface ExtractReport {
  readonly files: number;
  /** Those that were there already are counted too. */
  readonly directories: number;
  readonly symlinks: number;
  /** Further names of what is counted elsewhere. */
  readonly links: number;
  /** FIFOs and devices. */
  readonly others: number;
  /** Bytes of contents as written, holes of sparse files not counted. */
  readonly bytesWritten: number;
  /** The first `MAX_NOT_DONE` of each kind. */
  readonly notDone: readonly NotDone[];
  /** How many there are of each kind, also those that `notDone` leaves out. */
  readonly notDoneCounts: ReadonlyMap<NotDoneKind, number>;
}

/** Of each kind so many are listed; more tell nobody more. */
export const MAX_NOT_DONE = 100;

export type CountedKind = 'files' | 'directories' | 'symlinks' | 'links' | 'others';

/** A report that grows. */
export interface ReportBuilder {
  count(kind: CountedKind): void;
  addBytes(bytes: number): void;
  /** `message` is made only where it is kept. */
  addNotDone(node: number, what: NotDoneKind, message: () => string): void;
  report(): ExtractReport;
}

export function createReportBuilder(union: Union): ReportBuilder {
  const counts = { files: 0, directories: 0, symlinks: 0, links: 0, others: 0 };
  const notDone: NotDone[] = [];
  const missed = new Map<NotDoneKind, number>();
  let bytesWritten = 0;
  return {
    count(kind) {
      counts[kind]++;
    },
    addBytes(bytes) {
      bytesWritten += bytes;
    },
    addNotDone(node, what, message) {
      const before = missed.get(what) ?? 0;
      missed.set(what, before + 1);
      if (before < MAX_NOT_DONE) notDone.push({ path: nodePath(union, node), what, message: message() });
    },
    report: () => ({ ...counts, bytesWritten, notDone, notDoneCounts: missed }),
  };
}
