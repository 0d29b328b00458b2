import type { ImageInfo, SCHEMA_VERSION } from '../analysis/documents.js';
import type { Compression } from '../compression/sniff.js';
import type { PackageChange } from '../distro/package-changes.js';
import type { Finding } from '../findings/finding.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { NodeType } from '../rootfs/kind.js';
import type { ConfigChange } from './config/config-changes.js';
import type { HistoryChange } from './history/history-changes.js';
import type { Ignorable } from './ignorable.js';

/** What two images are compared by. */
export const SECTIONS = ['files', 'layers', 'config', 'history', 'packages'] as const;
export type Section = (typeof SECTIONS)[number];

/** One of the two images. */
export interface DiffSide {
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the last layer that was taken in, -1 where none was; null for the whole image. */
  readonly upToLayer: number | null;
  readonly layers: number;
  /** Bytes of the blobs as stored. */
  readonly storedBytes: number;
  /** Bytes of the regular files that paths reach, each content once. */
  readonly rootfsBytes: number;
}

/** What differs about a path that both images have. */
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
export type FileField = (typeof FILE_FIELDS)[number];

/** The values of one side, of those fields that differ; of what only one side has, the mode, or a symlink's target. */
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
  /** The names that share the content, by the bytes of their paths; at most 100. */
  readonly hardlinks?: readonly string[];
  /** Seconds since 1970, and nanoseconds beyond where there are any. */
  readonly mtime?: number;
  readonly mtimeNs?: number;
}

export interface FileChange {
  /** In B; in A where it was removed. */
  readonly path: string;
  readonly pathBase64?: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  /** In B; in A where it was removed. */
  readonly type: NodeType;
  /** For changed and renamed ones. */
  readonly fields?: readonly FileField[];
  /** Bytes, of regular files. */
  readonly sizeBytesA?: number;
  readonly sizeBytesB?: number;
  /** Where a renamed path was in A. */
  readonly from?: string;
  readonly fromBase64?: string;
  /** Of a directory that moved as a whole: how many paths are below it. */
  readonly entries?: number;
  readonly a?: FileValues;
  readonly b?: FileValues;
  /** Another name of the same contents: one that both images have, or that an earlier change told the same of. */
  readonly linkedTo?: string;
  /** Position of the layer that put the path there; null for a directory that no entry described. */
  readonly layerA?: number | null;
  readonly layerB?: number | null;
  /** A unified diff, where it was asked for. */
  readonly patch?: string;
  /** Why there is none although it was asked for. */
  readonly patchOmitted?: 'binary' | 'too-large' | 'too-different';
}

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

/** One layer at its place in both images. */
export interface SharedLayer {
  readonly layerA: number;
  readonly layerB: number;
  readonly diffId: string | null;
  readonly storedBytesA: number;
  readonly storedBytesB: number;
  readonly compressionA: Compression | null;
  readonly compressionB: Compression | null;
}

/** Two layers with other bytes that do the same to what lies below. */
export interface SameTreeLayers {
  readonly a: LayerReference;
  readonly b: LayerReference;
  /** What the bytes differ in, as far as it was looked for; none where it is but how the tar was written. */
  readonly differs: readonly ('mtime' | 'order')[];
}

export interface LayersDiff {
  /** How many layers from the base up are the same. */
  readonly prefix: number;
  /** By DiffID, in order. */
  readonly shared: readonly SharedLayer[];
  readonly sameTree: readonly SameTreeLayers[];
  readonly onlyInA: readonly LayerReference[];
  readonly onlyInB: readonly LayerReference[];
}

export interface PackagesDiff {
  /** Both images hold the same database files, so that none was read; `databases` and `changes` are then empty. */
  readonly unchanged: boolean;
  /** A database of either side could not be read, and its packages were not compared: a finding tells why. */
  readonly unreadable: boolean;
  /** The database files of either side; none where there is no database. */
  readonly paths: readonly string[];
  /** The databases that were found, with how many packages each side has; null where a side has none. */
  readonly databases: readonly {
    readonly system: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
  readonly changes: readonly PackageChange[];
}

/** Differences that were found and, as was asked, do not count. */
export interface IgnoredDifferences {
  readonly what: Ignorable;
  readonly count: number;
}

export interface DiffTotals {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly renamed: number;
  /** Bytes of the files of B, each content once, less those of A; of the paths that were compared. */
  readonly deltaBytes: number;
}

/** Sections that were not compared, or do not count, are null. */
export interface DiffDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Whether nothing differs that was compared and counts. */
  readonly identical: boolean;
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** What does not count, whether there is any or not. */
  readonly ignore: readonly Ignorable[];
  readonly ignored: readonly IgnoredDifferences[];
  readonly totals: DiffTotals | null;
  readonly layers: LayersDiff | null;
  readonly config: readonly ConfigChange[] | null;
  readonly history: readonly HistoryChange[] | null;
  readonly packages: PackagesDiff | null;
  /** By the bytes of the paths. There may be millions: they are made while they are gone through. */
  readonly files: Iterable<FileChange> | null;
  readonly findings: readonly Finding[];
}
