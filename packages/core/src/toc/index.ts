export { compareToc, type TocDifference } from './compare-toc.js';
export { isTocHidden, lastContentStart, withDocument } from './hidden-toc.js';
export { InvalidToc } from './invalid-toc.js';
export { MAX_STORED_TOC_BYTES, MAX_TOC_BYTES, readStoredToc, readToc, TOC_NAME } from './read-toc.js';
export type { StoredChunk, Toc, TocChunk, TocEntry, TocFormat } from './toc.js';
export {
  changesetOfEntries,
  changesetOfToc,
  DECLARED_KEY,
  declaredFingerprint,
  declaredFingerprints,
  type TocChangeset,
} from './toc-changeset.js';
export { type BlobRanges, tocContent } from './toc-content.js';
export { declaredToc, FOOTER_BYTES, type TocDigest, type TocPlace, tocInFooter } from './toc-place.js';
export { parseZtoc, type Ztoc, type ZtocSpan } from './ztoc.js';
