import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';
import type { LoadedImage } from '@layers/store/load';
import type { SavedImage } from './save.js';

/** A loaded image without its layers. */
export type LoadedImageFields = Omit<LoadedImage, 'layers'>;

/** The output of `layers load --json`. */
export interface LoadDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The store that has the images. */
  readonly store: { readonly path: string };
  readonly source: SourceInfo;
  readonly images: readonly LoadedImageFields[];
  /** Findings about the images that were read. */
  readonly findings: readonly Finding[];
}

/** Returns the document, with only the fields of its schema. */
export function loadDocument(
  path: string,
  source: SourceInfo,
  loaded: readonly LoadedImage[],
  findings: readonly Finding[],
): LoadDocument {
  return {
    schemaVersion: SCHEMA_VERSION,
    store: { path },
    source,
    images: loaded.map(loadedImage),
    findings,
  };
}

/** Returns one image as documents contain it. */
export function loadedImage(image: LoadedImage): LoadedImageFields {
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

/** The output of `layers load --to docker-daemon --json`. */
export interface LoadDaemonDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** The Docker Engine that has the images, in the notation of DOCKER_HOST. */
  readonly daemon: { readonly host: string };
  readonly source: SourceInfo;
  readonly images: readonly SavedImage[];
  /** The output of the engine. */
  readonly lines: readonly string[];
  /** Findings about the images that were read. */
  readonly findings: readonly Finding[];
}
