import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';
import type { LoadedImage } from '@layers/store/load';
import type { SavedImage } from './save.js';

/** What `layers load --json` prints. */
export interface LoadDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Where the images went. */
  readonly store: { readonly path: string };
  readonly source: SourceInfo;
  readonly images: readonly LoadedImage[];
  readonly findings: readonly [];
}

/** What loading did, with no more fields than its schema knows. */
export function loadDocument(path: string, source: SourceInfo, loaded: readonly LoadedImage[]): LoadDocument {
  return {
    schemaVersion: SCHEMA_VERSION,
    store: { path },
    source,
    images: loaded.map(loadedImage),
    findings: [],
  };
}

/** One image as documents show it. */
export function loadedImage(image: LoadedImage): LoadedImage {
  const { id, manifestDigest, tags, isUnchanged, wasThere, displaced, blobs } = image;
  const { written, writtenBytes, reused, reusedBytes, mended } = blobs;
  return {
    id,
    manifestDigest,
    tags,
    isUnchanged,
    wasThere,
    displaced: displaced.map((old) => ({
      ref: old.ref,
      id: old.id,
      manifestDigest: old.manifestDigest,
    })),
    blobs: { written, writtenBytes, reused, reusedBytes, mended },
  };
}

/** What `layers load --to docker-daemon --json` prints. */
export interface LoadDaemonDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** Where the images went, as DOCKER_HOST spells it. */
  readonly daemon: { readonly host: string };
  readonly source: SourceInfo;
  readonly images: readonly SavedImage[];
  /** What the engine said. */
  readonly lines: readonly string[];
  readonly findings: readonly [];
}
