import type { Compression } from '../compression/sniff.js';
import type { Finding } from '../findings/finding.js';
import type { SourceInfo } from '../image/archive/source-info.js';
import type { Platform } from '../oci/platform.js';
import type { NodeType } from '../rootfs/kind.js';
import type { WasteCause } from '../rootfs/waste-list.js';

/** The version of all documents. It increases when a field is removed or changes its meaning. */
export const SCHEMA_VERSION = 2;

/** The image that a document describes. */
export interface ImageInfo {
  /** The computed digest of the config; null for images in format v1, which have no config. */
  readonly id: string | null;
  readonly manifestDigest: string | null;
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  /** As stored in the config. */
  readonly created: string | null;
  /** The `config` object of the config, as stored. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Sums over all layers, and over the merged root file system. */
export interface Totals {
  readonly layers: number;
  /** Entries of all layer tars, without extension headers. */
  readonly entries: number;
  /** Bytes of the layer blobs as stored. */
  readonly storedBytes: number;
  /** Bytes of the uncompressed layers. */
  readonly tarBytes: number;
  /** Bytes of the regular files in all layers: `rootfsBytes + wastedBytes`. */
  readonly contentBytes: number;
  /** Bytes of the regular files that are reachable in the root file system. */
  readonly rootfsBytes: number;
  /** Bytes of the regular files that are unreachable. */
  readonly wastedBytes: number;
  /** `rootfsBytes / contentBytes`, from 0 to 1; 1 for an image without files. */
  readonly efficiency: number;
  /** Paths of regular files in the root file system, and so on. */
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly others: number;
}

/** A layer in the description of an image. */
export interface LayerReport {
  /** Position of the layer, from 0 at the base. */
  readonly layer: number;
  /** Declared, else computed. */
  readonly digest: string | null;
  /** Declared, else computed. */
  readonly diffId: string | null;
  readonly chainId: string | null;
  readonly mediaType: string;
  readonly compression: Compression | null;
  /** Bytes of the blob as stored. */
  readonly storedBytes: number;
  /** Bytes of the uncompressed tar. */
  readonly tarBytes: number;
  /** Bytes of the regular files. */
  readonly contentBytes: number;
  /** Entries of the tar, without extension headers. */
  readonly entries: number;
  /** Paths other than directories that the layer adds, modifies and deletes. */
  readonly added: number;
  readonly modified: number;
  readonly deleted: number;
  /** The modified files whose content did not change. */
  readonly metadataOnly: number;
  /** Bytes stored in this layer that are unreachable. */
  readonly wastedBytes: number;
  /** Bytes of this and lower layers that this layer made unreachable. */
  readonly causedWasteBytes: number;
  /** The Dockerfile instruction, without Docker's `/bin/sh -c #(nop)`; null where the history does not contain it. */
  readonly instruction: string | null;
  /** As stored in the history. */
  readonly createdBy: string | null;
  readonly created: string | null;
  readonly comment: string | null;
  /** Whether computed digests match the declared ones; null where none was computed. */
  readonly verified: boolean | null;
}

/** A wasted content: a regular file of a layer that no path of the root file system reaches. */
export interface WasteItem {
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  readonly sizeBytes: number;
  /** Position of the layer that stores the content. */
  readonly layer: number;
  /** Position of the layer that made it unreachable. */
  readonly unreachableFromLayer: number;
  readonly cause: WasteCause;
}

/** The waste of an image, divided between its base image and its own layers: both add up to `Totals.wastedBytes`. */
export interface BaseWaste {
  /** The number of layers of the base. */
  readonly layers: number;
  /** Bytes that layers of the base made unreachable: what the base image wastes by itself. */
  readonly wastedBytes: number;
  /** Bytes that layers above the base made unreachable, also bytes that the base stored. */
  readonly ownWastedBytes: number;
}

/** The result of `inspectImage`. */
export interface InspectDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** False in `DeclaredInspectDocument`. */
  readonly layersRead: true;
  readonly totals: Totals;
  readonly layers: readonly LayerReport[];
  /** Null where no base is given. `waste` and `wastedBytesByCause` leave out what the base wasted. */
  readonly base: BaseWaste | null;
  /** The largest wasted contents, largest first. */
  readonly waste: readonly WasteItem[];
  readonly wastedBytesByCause: Readonly<Record<WasteCause, number>>;
  readonly findings: readonly Finding[];
}

/**
 * What the manifest and the config of an image declare, without its layers. The digests in `image` were computed; those of
 * the layers were not.
 */
export interface DeclaredInspectDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly layersRead: false;
  /** The other images of the index that lists the image. */
  readonly otherPlatforms: readonly {
    readonly platform: Platform | null;
    readonly digest: string;
  }[];
  readonly totals: {
    readonly layers: number;
    /** Declared bytes of all layers as stored; null where one of them is unknown. */
    readonly storedBytes: number | null;
  };
  readonly layers: readonly DeclaredLayer[];
  readonly findings: readonly Finding[];
}

/** A layer that was not read. */
export interface DeclaredLayer
  extends Pick<
    LayerReport,
    'layer' | 'digest' | 'diffId' | 'chainId' | 'instruction' | 'createdBy' | 'created' | 'comment'
  > {
  /** Null where none is declared. */
  readonly mediaType: string | null;
  /** Declared bytes as stored; null where unknown. */
  readonly storedBytes: number | null;
  /** Null: no digest was computed. */
  readonly verified: null;
}

/** The images of an archive or layout. */
export interface ImageListDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly images: readonly ImageListItem[];
  readonly findings: readonly Finding[];
}

/** An image of an archive, or what stands beside images in it. */
export interface ImageListItem {
  /** The value for `ImageQuery.image`: `#1`, `#2`, … */
  readonly number: string;
  /** The computed digest of the config; null where the archive does not have it. */
  readonly id: string | null;
  readonly manifestDigest: string | null;
  readonly tags: readonly string[];
  readonly platform: Platform | null;
  readonly created: string | null;
  readonly layers: number;
  /** Bytes of all layers as stored, declared where they were not read; null where one of them is unknown. */
  readonly storedBytes: number | null;
  /** What it is where it is not an image, such as `a Helm chart`. */
  readonly artifact: string | null;
  /** Why the image cannot be read. */
  readonly problem: string | null;
}

/** The result of `findWaste`. */
export interface WasteDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly totals: Totals;
  /** Null where no base is given. `waste` and `wastedBytesByCause` leave out what the base wasted. */
  readonly base: BaseWaste | null;
  /** All wasted contents, largest first. */
  readonly waste: readonly (WasteItem & {
    /** Instruction of the layer that stores the content. */
    readonly storedBy: string | null;
    /** Instruction of the layer that made it unreachable. */
    readonly unreachableBy: string | null;
    /** For the cause `rewritten`: the attributes that changed, of `mode`, `owner`, `mtime` and `xattrs`. */
    readonly changed?: readonly string[];
  })[];
  readonly wastedBytesByCause: Readonly<Record<WasteCause, number>>;
  /** By the layer that stores the contents. */
  readonly wasteByLayer: readonly {
    readonly layer: number;
    readonly wastedBytes: number;
    readonly instruction: string | null;
  }[];
  readonly findings: readonly Finding[];
}

/** A build step of an image. */
export interface HistoryStep {
  /** Position of the layer that the step created; null for a step without a layer. */
  readonly layer: number | null;
  readonly created: string | null;
  readonly createdBy: string | null;
  readonly instruction: string | null;
  readonly comment: string | null;
  readonly author: string | null;
  readonly emptyLayer: boolean;
  /** Bytes of the regular files in the layer, as SIZE of `docker history`; 0 without a layer, null where it was not read. */
  readonly contentBytes: number | null;
  /** Bytes of the blob as stored, declared where it was not read; 0 without a layer, null where unknown. */
  readonly storedBytes: number | null;
  readonly diffId: string | null;
}

/** The result of `imageHistory`. */
export interface HistoryDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Newest first, as in `docker history`. */
  readonly history: readonly HistoryStep[];
  readonly findings: readonly Finding[];
}

/** A path of the merged root file system, or an entry of one layer. */
export interface ListedEntry {
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** `link` (a hard link), `whiteout` and `opaque` occur in the list of one layer. */
  readonly type: NodeType | 'link' | 'whiteout' | 'opaque';
  readonly sizeBytes: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, rounded down. */
  readonly mtime: number;
  /** Nanoseconds within the second; absent where 0. */
  readonly mtimeNs?: number;
  /** The target of a symlink. For a hard link, the first path of the same content. */
  readonly linkname?: string;
  readonly linknameBase64?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** The SHA-256 digest of a file's content, if requested. */
  readonly digest?: string;
  /** Position of the layer whose entry describes the path; null for a directory without an entry. */
  readonly layer: number | null;
}

/** A list of files with the image that it belongs to. */
export interface ListDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the listed layer; null for the merged tree. */
  readonly layer: number | null;
  readonly entries: readonly ListedEntry[];
  readonly findings: readonly Finding[];
}

/** A path in a tree of files. */
export interface TreeNode {
  /** The last component of the path; `/` for the root. */
  readonly name: string;
  readonly type: ListedEntry['type'];
  /** Size of a file. For a directory, the size of all contents below, each content counted once. */
  readonly sizeBytes: number;
  /** The number of regular files, or of wasted contents, at and below the path. */
  readonly files: number;
  /** The target of a symlink. */
  readonly linkname?: string;
  /** The first name of the same file in this directory, where this is another hard link. Its bytes are counted there. */
  readonly sameFileAs?: string;
  /** Absent at the requested depth. */
  readonly children?: readonly TreeNode[];
}

/** The result of `fileTree`. */
export interface TreeDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** Position of the layer; null for the merged tree. */
  readonly layer: number | null;
  /** Whether the tree has the wasted contents of all layers, or of one layer, in place of files. */
  readonly waste: boolean;
  /** The path of the top of the tree. */
  readonly path: string;
  readonly tree: TreeNode;
  readonly findings: readonly Finding[];
}

/** The check of one declared value. */
export interface Check {
  /** The checked object: `config`, `manifest`, `layer 2`, `blobs/sha256/…` */
  readonly subject: string;
  readonly kind: 'digest' | 'size' | 'diff-id' | 'image-id' | 'structure';
  readonly declared: string | null;
  readonly computed: string | null;
  readonly ok: boolean;
  /** Describes the problem; null where `ok`. */
  readonly message: string | null;
}

/** The result of `verifyImage` and `verifyArchive`. */
export interface VerifyDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  /** Null where the documents cannot be read. */
  readonly image: ImageInfo | null;
  /** Whether all checks succeeded. */
  readonly verified: boolean;
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}
