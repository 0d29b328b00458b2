import { END_OF_TAR } from '@layers/tar';
import type { NewImage } from '../image/new-image.js';
import { type ArchiveFormat, archiveDocuments } from './archive-documents.js';
import { placeholderFacts, uniqueLayers } from './layer-facts.js';
import { tarLayout } from './tar-layout.js';

/**
 * The exact size in bytes that `writeImages` will give the archive, or all files of the layout together; null where
 * only making layers tells. Pure: reads no layer. Throws as `writeImages` does for images that contradict themselves.
 */
export function plannedBytes(images: readonly NewImage[], format: ArchiveFormat): number | null {
  const factsOf = placeholderFacts(uniqueLayers(images));
  if (factsOf === null) return null;
  const composed = archiveDocuments(images, format, factsOf);
  if (format !== 'oci-dir') return tarLayout(composed).end + END_OF_TAR.length;
  return (
    composed.documents.reduce((sum, { bytes }) => sum + bytes.length, 0) +
    composed.layers.reduce((sum, { size }) => sum + size, 0)
  );
}
