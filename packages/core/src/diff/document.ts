import type { ImageInfo, SCHEMA_VERSION } from '../analysis/documents.js';
import type { Compression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { NodeType } from '../rootfs/kind.js';
import type { ConfigChange } from './config/config-changes.js';
import type { HistoryChange } from './history/history-changes.js';
import type { Ignorable } from './ignorable.js';
import type { PackageChange } from './packages/package-changes.js';

/** The sections that a comparison of two images can have. */
export const SECTIONS = ['files', 'layers', 'config', 'history', 'packages'] as const;
/** A section of a comparison. @useDeclaredType */
export type Section = (typeof SECTIONS)[number];

/** One of the two compared images. */
export interface DiffSide {
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the last compared layer, -1 for none; null for the whole image. */
  readonly upToLayer: number | null;
  /** The number of compared layers. */
  readonly layers: number;
  /** Bytes of the layer blobs as stored. */
  readonly storedBytes: number;
  /** Bytes of the reachable regular files, each content counted once. */
  readonly rootfsBytes: number;
}

/** The attributes of a path that are compared. */
export const FILE_FIELDS = [
  'type',
  'content',
  'size',
  'mode',
  'owner',
  'target',
  'device',
  'xattrs',
  'hardlinks',
  'mtime',
] as const;
/** An attribute of a path that differs. @useDeclaredType */
export type FileField = (typeof FILE_FIELDS)[number];

/** The values of the differing fields in one image. For an added or removed path: its mode, or a symlink's target. */
export interface FileValues {
  readonly type?: NodeType;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Target of a symlink. */
  readonly linkname?: string;
  readonly linknameBase64?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Values in base64, by name. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** The hard links to the same content, in byte order; at most 100. */
  readonly hardlinks?: readonly string[];
  /** Seconds since 1970. */
  readonly mtime?: number;
  /** Nanoseconds within the second; absent where 0. */
  readonly mtimeNs?: number;
}

/** One path of the merged file systems that differs. */
export interface FileChange {
  /** The path in B, or in A for a removed path. */
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  /** The type in B, or in A for a removed path. */
  readonly type: NodeType;
  /** Present for changed and renamed paths. */
  readonly fields?: readonly FileField[];
  /** Size of a regular file. */
  readonly sizeBytesA?: number;
  readonly sizeBytesB?: number;
  /** The path in A of a renamed path. */
  readonly from?: string;
  readonly fromBase64?: string;
  /** The number of paths below a directory that was renamed as a whole. */
  readonly entries?: number;
  readonly a?: FileValues;
  readonly b?: FileValues;
  /** Another hard link to the same content: one that both images have, or one that an earlier change lists. */
  readonly linkedTo?: string;
  /** Position of the layer that created, last changed or removed the path; null for a directory without an entry. */
  readonly layerA?: number | null;
  readonly layerB?: number | null;
  /** Position of the layer that stored the content of a file first, where `layerA` only changed its attributes. */
  readonly storedInA?: number;
  /** The same for `layerB`. */
  readonly storedInB?: number;
  /** A unified diff, if patches were requested. */
  readonly patch?: string;
  /** The bytes of the patch in base64, where they are not UTF-8. */
  readonly patchBase64?: string;
  /** The reason why a requested patch is missing. */
  readonly patchOmitted?: 'binary' | 'too-large' | 'too-different';
}

/** A layer in the comparison of layers. */
export interface LayerReference {
  readonly layer: number;
  readonly diffId: string | null;
  readonly digest: string | null;
  readonly compression: Compression | null;
  readonly storedBytes: number;
  readonly tarBytes: number;
  readonly contentBytes: number;
  readonly entries: number;
  readonly instruction: string | null;
}

/** The differences between the layers of two images. */
export interface LayersDiff {
  /** The number of shared layers from the base up. */
  readonly prefix: number;
  /** Layers with the same DiffID, in order. */
  readonly shared: readonly {
    readonly layerA: number;
    readonly layerB: number;
    readonly diffId: string | null;
    readonly storedBytesA: number;
    readonly storedBytesB: number;
    readonly compressionA: Compression | null;
    readonly compressionB: Compression | null;
    /** Whether both have the same bytes for certain; if not, they count as the same because they declare one digest. */
    readonly computed: boolean;
  }[];
  /** Pairs of layers with different bytes and the same effect on the file system. */
  readonly sameTree: readonly {
    readonly a: LayerReference;
    readonly b: LayerReference;
    /** Known differences of the bytes; empty where only the tar format or the compression differs. */
    readonly differs: readonly ('mtime' | 'order')[];
  }[];
  readonly onlyInA: readonly LayerReference[];
  readonly onlyInB: readonly LayerReference[];
}

/** The differences between the installed packages of two images. */
export interface PackagesDiff {
  /** Whether both images have identical database files. They are not read; `databases` and `changes` are empty. */
  readonly unchanged: boolean;
  /** Whether a database could not be read. Its packages were not compared; a finding gives the reason. */
  readonly unreadable: boolean;
  /** The database files of both images. */
  readonly paths: readonly string[];
  /** The databases, with the number of packages in each image; null where an image has no such database. */
  readonly databases: readonly {
    readonly system: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
  readonly changes: readonly PackageChange[];
}

/** The result of `diffImages`. Sections that were not compared or are ignored are null. */
export interface DiffDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Whether nothing differs, except ignored differences. False where a layer is not in an archive. */
  readonly identical: boolean;
  /** Whether layers count as the same by digests that the images declare, and that were not computed. */
  readonly byDeclaredDigests: boolean;
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** The kinds of differences to ignore, as requested. */
  readonly ignore: readonly Ignorable[];
  /** The number of ignored differences, by kind. */
  readonly ignored: readonly { readonly what: Ignorable; readonly count: number }[];
  /** The number of differing paths, by kind of change. */
  readonly totals: {
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    readonly renamed: number;
    /** Bytes of the compared files of B minus those of A, each content counted once. */
    readonly deltaBytes: number;
  } | null;
  readonly layers: LayersDiff | null;
  readonly config: readonly ConfigChange[] | null;
  readonly history: readonly HistoryChange[] | null;
  readonly packages: PackagesDiff | null;
  /** In byte order of the paths. There may be millions: they are generated during iteration. */
  readonly files: Iterable<FileChange> | null;
  readonly findings: readonly Finding[];
}
