import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { FileField } from '@layers/core/diff';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { PathEventDocument } from '../events/document.js';
import type { PathChange } from '../events/path-events.js';

/** The result of `pathLog`. */
export interface LogDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The path, with symlinks in its parents followed. */
  readonly path: string;
  /** The bytes of the path in base64, where they are not UTF-8. */
  readonly pathBase64?: string;
  /** Whether the path exists in the final root file system. */
  readonly visible: boolean;
  /** What the layers did to the path, the lowest first. */
  readonly events: readonly LogEvent[];
  readonly findings: readonly Finding[];
}

/** What one layer did to the path. */
export interface LogEvent extends Omit<PathEventDocument, 'change'> {
  /** As in {@link PathEventDocument}. `opaque`: the directory hides what lower layers have in it. */
  readonly change: PathChange | 'opaque';
  /** The attributes that differ from the state before; for `changed`, `replaced` and `opaque`. */
  readonly fields?: readonly FileField[];
  /** What deleted the path, or made the directory opaque. */
  readonly by?: LogCause;
  /** The path that the layer names as the target of a hard link. */
  readonly linkedTo?: string;
  readonly linkedToBase64?: string;
  /** The SHA-256 digest of a file's content; null for other types, and for sparse files above 1 GiB. */
  readonly digest: string | null;
  /** A unified diff to the content before, if patches were requested. */
  readonly patch?: string;
  /** The bytes of the patch in base64, where they are not UTF-8. */
  readonly patchBase64?: string;
  /** The reason why a requested patch is missing. */
  readonly patchOmitted?: 'binary' | 'too-large' | 'too-different';
}

/** An entry or marker of the layer. */
export interface LogCause {
  /** `whiteout`: of the path or a parent. `opaque`: of a parent. `entry`: another type of a parent. */
  readonly marker: 'whiteout' | 'opaque' | 'entry';
  /** The path that the whiteout hides, of the opaque directory, or of the entry. */
  readonly path: string;
  readonly pathBase64?: string;
}
