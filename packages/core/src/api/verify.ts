import { LayersError } from '@layers/errors';
import type { VerifyDocument } from '../analysis/documents.js';
import { verifyDescribed, verifyArchive as verifyInput } from '../analysis/verify.js';
import type { ImageQuery } from '../image/describe/select-image.js';
import { type LayerOptions, openArchive } from '../image/open-archive.js';
import { upToLayer } from '../image/up-to-layer.js';
import { type Image, readingOf } from './image.js';
import { type ImageSource, inputOf } from './open-image.js';
import type { Reading } from './reading.js';

/**
 * Verifies all digests and sizes that the archive declares for an image, its layers and its other blobs. Reads all of
 * them. `verified` is true if no check failed; a failed check has `ok` false and a `message`.
 *
 * @throws LayersError ERR_LAYERS_NEEDS_FILE for an image from a stream that was opened without `verify`;
 *   ERR_LAYERS_INPUT_CHANGED; ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 *
 * @example
 * ```ts
 * const { verified, checks } = await verifyImage(await openImage('image.tar'));
 * if (!verified) for (const { ok, message } of checks) if (!ok) console.error(message);
 * ```
 */
export async function verifyImage(image: Image, options: LayerOptions = {}): Promise<VerifyDocument> {
  const reading = readingOf(image);
  const hasDigests = reading.archive.reader.seekable || reading.verify;
  const { archive, description } = hasDigests ? reading : await reopened(reading, options);
  return verifyDescribed(archive, description, options);
}

/**
 * Verifies an image of an archive or layout, as `verifyImage`. Also accepts archives with damaged documents, which
 * `openImage` rejects: each defect is a failed check.
 *
 * @param options `image` and `platform` select the image, as for `openImage`
 * @throws LayersError ERR_LAYERS_NOT_AN_IMAGE and ERR_LAYERS_TAR_* for a source that is not an archive;
 *   ERR_LAYERS_IMAGE_NOT_FOUND; ERR_LAYERS_IMAGE_AMBIGUOUS; ERR_LAYERS_PLATFORM; ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 */
export function verifyArchive(
  source: ImageSource,
  options: ImageQuery & LayerOptions = {},
): Promise<VerifyDocument> {
  return verifyInput(inputOf(source)(), options, options);
}

/** Reads the archive again, with digests. */
async function reopened(
  { input, position, description: { upToLayer: last } }: Reading,
  options: LayerOptions,
): Promise<Pick<Reading, 'archive' | 'description'>> {
  if (input === null) throw streamedWithoutDigests();
  const archive = await openArchive(input(), { ...options, verify: true });
  const description = archive.images[position];
  if (description === undefined) throw changed();
  return { archive, description: last === undefined ? description : upToLayer(description, last) };
}

function streamedWithoutDigests(): LayersError {
  return new LayersError('ERR_LAYERS_NEEDS_FILE', 'no digests were computed while the archive was streamed', {
    hint: 'open the stream with verify: true, or save the archive in a file',
  });
}

function changed(): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', 'the archive changed after it was opened', {
    hint: 'open it again',
  });
}
