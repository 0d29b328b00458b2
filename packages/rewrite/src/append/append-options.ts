import type { ReadImage } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';

/** What is put into the new layer. */
export interface Addition {
  /**
   * Path of a directory, whose contents are added; of a tar (plain, gzip, zstd, xz or bzip2, by its content), whose
   * members are added; or of any other file.
   */
  readonly source: string;
  /**
   * Where it goes. Symlinks of the image on the way are followed within the image, and folders that are missing are
   * made. A single file goes into it where it ends in a slash or is a directory; otherwise it is the file's name.
   */
  readonly destination: string;
  /** False adds a tar as the file that it is. */
  readonly extract?: boolean;
}

/** Numbers for all that is added, or as the source has them. */
export type Owner = { readonly uid: number; readonly gid: number } | 'keep';

export interface AppendOptions {
  /** By default files and directories get 0:0, as COPY does, and the members of a tar keep theirs, as ADD does. */
  readonly owner?: Owner | undefined;
  /** Permission bits for all that is added but symlinks. Default: as the source has them. */
  readonly mode?: number | undefined;
  /** For all that is added, in seconds since 1970. Default: as the source has it, of files on disk in whole seconds. */
  readonly mtime?: number | undefined;
  /** Later times become this one, in seconds since 1970, as SOURCE_DATE_EPOCH asks. */
  readonly clampMtime?: number | undefined;
  /**
   * Keep only what differs from the image: in type, mode, owner, link target, device, bytes, and in xattrs where
   * the source is a tar. A time alone is no difference. Unless `mirror` says otherwise, what the image has
   * below a destination and the addition has not is deleted, as `docker commit` would.
   */
  readonly diff?: boolean | undefined;
  /** Delete what the image has below the destination of a directory or tar that the addition has not. Default: `diff`. */
  readonly mirror?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The image that a layer is made for. */
export interface AppendBase {
  readonly union: Union;
  readonly image: ReadImage;
}

export type AppendFindingCode =
  | 'socket-skipped'
  | 'symlink-followed'
  | 'xattrs-lost'
  | 'name-climbs-out'
  | 'name-too-long'
  | 'name-has-nul'
  | 'reserved-name'
  | 'bare-whiteout'
  | 'root-not-directory'
  | 'unknown-type'
  | 'tar-oddity'
  | 'whiteout-of-nothing'
  | 'parent-not-directory'
  | 'dangling-link'
  | 'link-to-directory'
  | 'more-findings';

/** Something odd in what is added, that was tolerated. */
export interface AppendFinding {
  readonly code: AppendFindingCode;
  /** The addition, as the caller named it; null for a deletion. */
  readonly source: string | null;
  /** The path in the image, where there is one. */
  readonly path: string | null;
  readonly message: string;
}

/** What a new layer will hold. */
export interface AppendPlan {
  /** Exact bytes of the layer's tar. */
  readonly tarBytes: number;
  /** Names of files; further names of one content count, its bytes do not count again. */
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly others: number;
  /** Paths of the image that the layer hides; what is below them is not counted. */
  readonly deleted: number;
  /** Directories of the image that are repeated as they are, since something in them changes. */
  readonly parents: number;
  /** What `diff` left out, since the image has the same. */
  readonly unchanged: number;
  /** Bytes of the files, each content once. */
  readonly contentBytes: number;
  readonly findings: readonly AppendFinding[];
  /**
   * The layer's tar, in views that hold until the next step; the same bytes at every call.
   *
   * Throws ERR_LAYERS_INPUT_CHANGED where a source is not what it was, ERR_LAYERS_READ where it cannot be read.
   */
  tar(): AsyncIterable<Uint8Array>;
}
