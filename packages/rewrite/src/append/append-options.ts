import type { Finding } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';

/** Files to add to the new layer. */
export interface Addition {
  /**
   * Path of a directory, whose contents are added; of a tar archive (plain, gzip, zstd, xz or bzip2, recognised by its
   * content), whose files are added; or of any other file.
   */
  readonly source: string;
  /**
   * Absolute path in the image. Follows symlinks of the image within the image; missing directories are created. A single
   * file goes into it if it ends in a slash or is a directory; otherwise it is the path of the file.
   */
  readonly destination: string;
  /** False adds a tar archive as a file, without extracting it. */
  readonly extract?: boolean;
}

/** Numeric ids for all added files, or those of the source. */
export type Owner = { readonly uid: number; readonly gid: number } | 'keep';

/** Attributes of the added files, and how to compare them with existing ones. */
export interface AppendOptions {
  /** Default: 0:0 for files on disk, as COPY does; those of the archive for a tar, as ADD does. */
  readonly owner?: Owner | undefined;
  /** Permission bits of all added files except symlinks. Default: those of the source. */
  readonly mode?: number | undefined;
  /** Modification time of all added files, in seconds since 1970. Default: that of the source; for files on disk, in whole seconds. */
  readonly mtime?: number | undefined;
  /** The latest modification time, in seconds since 1970 (SOURCE_DATE_EPOCH). Later times become this one. */
  readonly clampMtime?: number | undefined;
  /**
   * Add only files that differ from the image in type, mode, owner, link target, device, content or xattrs. Xattrs that
   * files on disk lack do not count. A different time alone does not count. Unless `mirror` is false, also deletes files below a destination
   * that the addition lacks, as `docker commit` does.
   */
  readonly diff?: boolean | undefined;
  /** Delete files below the destination of a directory or tar archive that the addition lacks. Default: `diff`. */
  readonly mirror?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The image that gets the new layer. */
export interface AppendBase {
  readonly union: Union;
  readonly image: ReadImage;
}

/** What the new layer will contain. */
export interface AppendPlan {
  /** Exact bytes of the layer's tar. */
  readonly tarBytes: number;
  /** Paths of regular files, including hard links. */
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly others: number;
  /** Paths of the image that the layer deletes. Files below them are not counted. */
  readonly deleted: number;
  /** Unchanged directories of the image that are repeated, because something in them changes. */
  readonly parents: number;
  /** Files that `diff` omitted, because the image has the same. */
  readonly unchanged: number;
  /** Bytes of contents, without hard links. */
  readonly contentBytes: number;
  readonly findings: readonly Finding[];
  /**
   * Writes the layer's tar. Every call yields the same bytes. Chunks are views that hold until the next step.
   *
   * Throws ERR_LAYERS_INPUT_CHANGED if a source changed, ERR_LAYERS_READ if it cannot be read.
   */
  tar(): AsyncIterable<Uint8Array>;
}
