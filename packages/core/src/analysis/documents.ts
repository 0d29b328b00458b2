import type { Compression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { NodeType } from '../rootfs/kind.js';
import type { WasteCause } from '../rootfs/waste-list.js';

/** The version of the shape of every document. It grows when a field is removed or changes its meaning. */
export const SCHEMA_VERSION = 2;

export interface ImageInfo {
  /** Digest of the config's exact bytes, computed; null for images from before configs had digests. */
  readonly id: string | null;
  readonly manifestDigest: string | null;
  readonly tags: readonly string[];
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string } | null;
  /** As the config writes it. */
  readonly created: string | null;
  /** The config's own `config` object as it stands. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Totals {
  readonly layers: number;
  readonly entries: number;
  readonly storedBytes: number;
  readonly tarBytes: number;
  readonly contentBytes: number;
  readonly rootfsBytes: number;
  readonly wastedBytes: number;
  readonly efficiency: number;
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly others: number;
}

export interface LayerReport {
  readonly layer: number;
  readonly digest: string | null;
  readonly diffId: string | null;
  readonly chainId: string | null;
  readonly mediaType: string;
  readonly compression: Compression | null;
  readonly storedBytes: number;
  readonly tarBytes: number;
  readonly contentBytes: number;
  readonly entries: number;
  readonly added: number;
  readonly modified: number;
  readonly deleted: number;
  readonly metadataOnly: number;
  readonly wastedBytes: number;
  /** Without docker's noise; null where the history tells none. */
  readonly instruction: string | null;
  /** As the history has it. */
  readonly createdBy: string | null;
  readonly created: string | null;
  readonly comment: string | null;
  readonly verified: boolean | null;
}

export interface WasteItem {
  readonly path: string;
  /** Base64 of the path's bytes, where they are no UTF-8. */
  readonly pathBase64?: string;
  readonly sizeBytes: number;
  readonly layer: number;
  readonly unreachableFromLayer: number;
  readonly cause: WasteCause;
}

export type WasteByCause = Readonly<Record<WasteCause, number>>;

export interface InspectDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: Totals;
  readonly layers: readonly LayerReport[];
  /** Largest first, as many as were asked for. */
  readonly waste: readonly WasteItem[];
  readonly wastedBytesByCause: WasteByCause;
  readonly findings: readonly Finding[];
}

export interface WasteDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: Totals;
  /** All of it, largest first, with the instructions of the two layers. */
  readonly waste: readonly (WasteItem & {
    readonly storedBy: string | null;
    readonly unreachableBy: string | null;
    /** Which attributes differ, for contents that were stored again: `mode`, `owner`, `mtime`, `xattrs`. */
    readonly changed?: readonly string[];
  })[];
  readonly wastedBytesByCause: WasteByCause;
  readonly wasteByLayer: readonly {
    readonly layer: number;
    readonly wastedBytes: number;
    readonly instruction: string | null;
  }[];
  readonly findings: readonly Finding[];
}

export interface HistoryStep {
  /** Position of the layer that the step made; null for steps without one. */
  readonly layer: number | null;
  readonly created: string | null;
  readonly createdBy: string | null;
  readonly instruction: string | null;
  readonly comment: string | null;
  readonly author: string | null;
  readonly emptyLayer: boolean;
  /** Bytes of the regular files in the layer, as docker's SIZE; 0 without a layer. */
  readonly contentBytes: number;
  readonly storedBytes: number;
  readonly diffId: string | null;
}

export interface HistoryDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Newest first, as docker history. */
  readonly history: readonly HistoryStep[];
  readonly findings: readonly Finding[];
}

/** One path of the merged tree, or one member of a single layer. */
export interface ListedEntry {
  readonly path: string;
  readonly pathBase64?: string;
  /** In a single layer also `link` (a hard link), `whiteout` and `opaque`. */
  readonly type: NodeType | 'link' | 'whiteout' | 'opaque';
  readonly sizeBytes: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, rounded down. */
  readonly mtime: number;
  readonly mtimeNs?: number;
  /** A symlink's target; of a further name of a hard-linked file the group's first path. */
  readonly linkname?: string;
  readonly linknameBase64?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Of a file's content, where it was asked for. */
  readonly digest?: string;
  /** Position of the layer that gives the path its type, attributes and content; null for a directory that none describes. */
  readonly layer: number | null;
}

export interface ListDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The layer that is listed, or null for the merged tree. */
  readonly layer: number | null;
  readonly entries: readonly ListedEntry[];
  readonly findings: readonly Finding[];
}

export interface TreeNode {
  /** Last part of the path; of the root `/`. */
  readonly name: string;
  readonly type: ListedEntry['type'];
  /** Bytes of a file; of a directory those of all contents below it, each once. */
  readonly sizeBytes: number;
  readonly files: number;
  readonly linkname?: string;
  /** Absent below the depth that was asked for. */
  readonly children?: readonly TreeNode[];
}

export interface TreeDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly layer: number | null;
  /** Path of the tree's top, from the root. */
  readonly path: string;
  readonly tree: TreeNode;
  readonly findings: readonly Finding[];
}

/** One claim that was checked. */
export interface Check {
  /** What the claim is about: `config`, `manifest`, `layer 2`, `blobs/sha256/…` */
  readonly subject: string;
  readonly kind: 'digest' | 'size' | 'diff-id' | 'image-id' | 'structure';
  readonly declared: string | null;
  readonly computed: string | null;
  readonly ok: boolean;
  /** A sentence for what is wrong; null where nothing is. */
  readonly message: string | null;
}

export interface VerifyDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo | null;
  readonly verified: boolean;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}
