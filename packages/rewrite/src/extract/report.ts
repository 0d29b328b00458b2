import { nodePath, type Union } from '@layers/core/rootfs';

/** What could not be extracted as it is in the image. */
export type NotDoneKind =
  /** A character or block device was not made. */
  | 'device'
  /** A FIFO was not made. */
  | 'fifo'
  /** A hard link became a copy, or was not made. */
  | 'link'
  /** Permission bits that the file system does not support. */
  | 'mode'
  | 'mtime'
  /** A name that the file system does not allow. */
  | 'name'
  /** A name that the file system does not distinguish from that of another path of the image. */
  | 'name-collision'
  /** A directory with contents is in the way, and is not removed. */
  | 'occupied'
  | 'owner'
  /** The parent directory was not made. */
  | 'parent'
  /** A setuid or setgid bit was dropped, because the owner or group is not the image's. */
  | 'setuid'
  /** A file that is too large for the file system. */
  | 'size'
  | 'symlink'
  | 'xattr';

/** One attribute or file that could not be extracted. */
export interface NotDone {
  /** The path in the image, with a leading slash: bytes, not text. */
  readonly path: Uint8Array;
  readonly what: NotDoneKind;
  /** The reason, in one line. */
  readonly message: string;
}

/** What was extracted. */
export interface ExtractReport {
  readonly files: number;
  /** Includes directories that existed before. */
  readonly directories: number;
  readonly symlinks: number;
  /** Hard links to files that are counted elsewhere. */
  readonly links: number;
  /** FIFOs and devices. */
  readonly others: number;
  /** Bytes written, without the holes of sparse files. */
  readonly writtenBytes: number;
  /** The first `MAX_NOT_DONE` of each kind. */
  readonly notDone: readonly NotDone[];
  /** How many there are of each kind, including those that `notDone` omits. */
  readonly notDoneCounts: ReadonlyMap<NotDoneKind, number>;
}

/** The most that are listed of each kind. */
export const MAX_NOT_DONE = 100;

export type CountedKind = 'files' | 'directories' | 'symlinks' | 'links' | 'others';

/** Builds an `ExtractReport`. */
export interface ReportBuilder {
  count(kind: CountedKind): void;
  addBytes(bytes: number): void;
  /** Adds to `notDone`. Calls `message` only if the item is listed. */
  addNotDone(node: number, what: NotDoneKind, message: () => string): void;
  build(): ExtractReport;
}

export function createReportBuilder(union: Union): ReportBuilder {
  const counts = { files: 0, directories: 0, symlinks: 0, links: 0, others: 0 };
  const notDone: NotDone[] = [];
  const notDoneCounts = new Map<NotDoneKind, number>();
  let writtenBytes = 0;
  return {
    count(kind) {
      counts[kind]++;
    },
    addBytes(bytes) {
      writtenBytes += bytes;
    },
    addNotDone(node, what, message) {
      const before = notDoneCounts.get(what) ?? 0;
      notDoneCounts.set(what, before + 1);
      if (before < MAX_NOT_DONE) notDone.push({ path: nodePath(union, node), what, message: message() });
    },
    build: () => ({ ...counts, writtenBytes, notDone, notDoneCounts }),
  };
}
