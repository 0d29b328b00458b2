import { fileSource } from '#core/io/file-source.js';
import type { SourceReference, SyncByteSource } from '../io/byte-source.js';
import { memorySource } from '../io/memory-source.js';
import { rangeSource } from '../io/range-source.js';
import { decodeIndex } from './indexed/index-format.js';
import { inflatedSource } from './indexed/inflated-source.js';

/** Returns the source that another thread sent as a reference. */
export function openReference(reference: SourceReference): SyncByteSource {
  if (reference.kind === 'file') return fileSource(reference.path, reference.size);
  if (reference.kind === 'memory') return memorySource(reference.bytes, reference.name);
  const of = openReference(reference.of);
  if (reference.kind === 'range') return rangeSource(of, reference.offset, reference.length);
  const index = decodeIndex(reference.index);
  if (index === null) throw new TypeError('the index of a reference is damaged');
  return inflatedSource(of, index);
}
