import { platformFields, SCHEMA_VERSION } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { listImages, openStoredArchive, type StoredImage } from '@layers/store/images';
import type { Store } from '@layers/store/layout';
import type { ImageItem, ImagesDocument } from '../documents/images.js';
import type { ExitStatus } from '../exit-status.js';
import { foundImage, userStore } from '../input/stored-input.js';
import { imageLines } from '../render/image-lines.js';
import { renderImageIds, renderImages } from '../render/images.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import { filterRows, parseImageFilter } from './images-filter.js';
import { type ImageRow, imageRows } from './images-rows.js';

export interface ImagesFlags extends ImageFlags {
  readonly all?: boolean;
  readonly digests?: boolean;
  readonly filter?: readonly string[];
  readonly format?: string;
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
  if (flags.format !== undefined) {
    const { IMAGE_TITLES, imageTemplateRow } = await import('../template/docker-rows.js');
    const { RowTemplate } = await import('../template/row-template.js');
    const { writeTemplateText } = await import('../template/write-template-text.js');
    const options = { noTrunc: flags.trunc === false, now: Date.now() };
    const lines = imageLines(document.images).map((line) => imageTemplateRow(line, options));
    const text = new RowTemplate(flags.format).text(lines, 'formatter.imageContext', IMAGE_TITLES);
    return writeTemplateText(text, session);
  }
  return present(
    {
      document,
      items: document.images,
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
