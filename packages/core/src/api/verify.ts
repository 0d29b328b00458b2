import { LayersError } from '@layers/errors';
import type { VerifyDocument } from '../analysis/documents.js';
import { verifyDescribed, verifyArchive as verifyInput } from '../analysis/verify.js';
import type { ImageQuery } from '../image/describe/select-image.js';
import { openArchive } from '../image/open-archive.js';
import { upToLayer } from '../image/up-to-layer.js';
import { type Image, readingOf } from './image.js';
import { type ImageSource, inputOf } from './open-image.js';
import type { LayerOptions, Reading } from './reading.js';

/**
 * Recomputes every digest and size that the archive declares for an image, its layers and its other blobs. Reads all
 * of them. A check that failed has `ok` false; `verified` is true where none failed.
 *
 * @throws LayersError ERR_LAYERS_NEEDS_FILE for an image that was read from a stream without `verify`;
 *   ERR_LAYERS_READ; ERR_LAYERS_LIMIT
 */
export async function verifyImage(image: Image, options: LayerOptions = {}): Promise<VerifyDocument> {
  const reading = readingOf(image);
  const hasDigests = reading.archive.reader.seekable || reading.verify;
  const { archive, description } = hasDigests ? reading : await reopened(reading, options);
  return verifyDescribed(archive, description, options);
}

/**
 * Verifies an image of an archive or layout, as `verifyImage` does, also where damaged documents keep it from being
 * opened: what is wrong with them is then a check that failed.
 *
 * @param options selects the image as for `openImage`
 * @throws LayersError ERR_LAYERS_NOT_AN_IMAGE and ERR_LAYERS_TAR_* where there is no archive; ERR_LAYERS_READ
 */
export function verifyArchive(
  source: ImageSource,
  options: ImageQuery & LayerOptions = {},
): Promise<VerifyDocument> {
  return verifyInput(inputOf(source)(), options, options);
}

/** The archive read once more, for the digests that were not computed when it streamed by. */
async function reopened(
  { input, position, description: { upToLayer: last } }: Reading,
  options: LayerOptions,
): Promise<Pick<Reading, 'archive' | 'description'>> {
  if (input === null) throw streamedBy();
  const archive = await openArchive(input(), { ...options, verify: true });
  const description = archive.images[position];
  if (description === undefined) throw changed();
  return { archive, description: last === undefined ? description : upToLayer(description, last) };
}

function streamedBy(): LayersError {
  return new LayersError('ERR_LAYERS_NEEDS_FILE', 'no digests were computed while the archive was streamed', {
    hint: 'open the stream with verify: true, or save the archive in a file',
  });
}

function changed(): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', 'the archive changed after it was opened', {
    hint: 'open it again',
  });
}
