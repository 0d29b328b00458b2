import type { SourceReference, SyncByteSource } from './byte-source.js';
import { fileSource } from './file-source.js';
import { memorySource } from './memory-source.js';
import { rangeSource } from './range-source.js';

/** Returns the source that another thread sent as a reference. */
export function openReference(reference: SourceReference): SyncByteSource {
  if (reference.kind === 'file') return fileSource(reference.path, reference.size);
  if (reference.kind === 'memory') return memorySource(reference.bytes, reference.name);
  return rangeSource(openReference(reference.of), reference.offset, reference.length);
}
