import { END_OF_TAR } from '@layers/tar';
import type { NewImage } from '../image/new-image.js';
import { type ArchiveFormat, archiveDocuments } from './archive-documents.js';
import { placeholderFacts, uniqueLayers } from './layer-facts.js';
import { tarLayout } from './tar-layout.js';

/**
 * Returns the exact size in bytes of the archive, or of all files of the layout, that `writeImages` will write. Null if
 * that is unknown before layers are generated. Pure: reads no layer. Throws ERR_LAYERS_BLOB_MISMATCH for contradicting
 * images.
 */
export function plannedBytes(images: readonly NewImage[], format: ArchiveFormat): number | null {
  const factsOf = placeholderFacts(uniqueLayers(images));
  if (factsOf === null) return null;
  const composed = archiveDocuments(images, format, factsOf);
  if (format !== 'oci-dir') return tarLayout(composed).end + END_OF_TAR.length;
  return (
    composed.documents.reduce((sum, { bytes }) => sum + bytes.length, 0) +
    composed.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  );
}
