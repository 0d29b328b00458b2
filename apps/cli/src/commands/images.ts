import { platformFields, SCHEMA_VERSION } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { listImages, openStoredArchive, type StoredImage } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import type { ImageItem, ImagesDocument } from '../documents/images.js';
import type { ExitStatus } from '../exit-status.js';
import { foundImage, userStore } from '../input/stored-input.js';
import { imageLines } from '../render/image-lines.js';
import { renderImageIds, renderImages } from '../render/images.js';
import { present, templateOf } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { filterRows, parseImageFilter } from './images-filter.js';
import { type ImageRow, imageRows } from './images-rows.js';

export interface ImagesFlags extends ImageFlags {
  readonly all?: boolean;
  readonly digests?: boolean;
  readonly filter?: readonly string[];
}

/** Runs `layers images`: lists the images of the store. */
export async function images(
  pattern: string | undefined,
  flags: ImagesFlags,
  session: Session,
): Promise<ExitStatus> {
  const filter = parseImageFilter(flags.filter ?? [], pattern);
  const store = userStore(session);
  const rows = await filterRows(imageRows(listImages(store)), filter, {
    find: (reference) => foundImage(store, reference, undefined),
    labels: (image) => labelsOf(store, image, session.signal),
  });
  const document: ImagesDocument = {
    schemaVersion: SCHEMA_VERSION,
    store: { path: store.path },
    images: rows.map(itemOf),
    findings: [],
  };
  const lines = templateOf(flags) === null ? [] : await templateRows(rows, document, store, flags, session);
  return present(
    {
      document,
      items: document.images,
      rows: lines,
      render: (view) =>
        flags.quiet === true
          ? renderImageIds(document, view)
          : renderImages(document, view, { digests: flags.digests ?? false, now: Date.now() }),
      showsFindings: true,
    },
    flags,
    session,
  );
}

/** Returns what `--format` prints a template for: the lines of the table, with what podman's templates ask for. */
async function templateRows(
  rows: readonly ImageRow[],
  document: ImagesDocument,
  store: Store,
  flags: ImagesFlags,
  { signal }: Session,
): Promise<object[]> {
  const withLabels = templateOf(flags)?.uses('Labels') === true;
  // An image can have thousands of lines, one for each name.
  const ofImages = new Map<string, object>();
  for (const { image } of rows) {
    if (ofImages.has(image.manifestDigest)) continue;
    const labels = withLabels ? Object.fromEntries(await labelsOf(store, image, signal)) : {};
    const repoDigests = repoDigestsOf(image);
    ofImages.set(image.manifestDigest, {
      names: image.refs,
      isDangling: image.refs.length === 0,
      repoDigests,
      isReadOnly: false,
      parentId: null,
      labels,
    });
  }
  return imageLines(document.images).map((line) => ({ ...line, ...ofImages.get(line.manifestDigest) }));
}

function repoDigestsOf({ refs, manifestDigest, indexDigests }: StoredImage): string[] {
  const digest = indexDigests[0] ?? manifestDigest;
  const repositories = new Set(refs.map((name) => name.replace(/:[^:/]*$/, '')));
  return [...repositories].map((repository) => `${repository}@${digest}`);
}

function itemOf({ image, reference, repository, tag }: ImageRow): ImageItem {
  const { id, manifestDigest, created, platform, layers, sizeBytes, uniqueBytes, sharedBytes } = image;
  const { isUncompressed, problem } = image;
  return {
    reference,
    repository,
    tag,
    id,
    manifestDigest,
    indexDigest: image.indexDigests[0] ?? null,
    created,
    platform: platformFields(platform),
    layers: layers.length,
    sizeBytes,
    uniqueBytes,
    sharedBytes,
    uncompressed: isUncompressed,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
  };
}

/** Returns no labels if the image cannot be read or was removed. */
async function labelsOf(
  store: Store,
  image: StoredImage,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  try {
    const { images: found } = await openStoredArchive(store, [image], { signal });
    const labels = found[0]?.config.config?.['Labels'];
    if (typeof labels !== 'object' || labels === null) return new Map();
    return new Map(
      Object.entries(labels).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
  } catch (error) {
    if (isLayersError(error)) return new Map();
    throw error;
  }
}
