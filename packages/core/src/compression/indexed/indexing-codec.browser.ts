import type { IndexRecorder } from './index-recorder.js';
import type { IndexingCodec } from './indexing-codec.js';

/** Returns null: zlib in JavaScript does not report the ends of blocks either, and cannot be primed with bits. */
export function openIndexingCodec(_recorder: IndexRecorder): IndexingCodec | null {
  return null;
}
