import type { SyncByteSource } from './byte-source.js';
import { noPaths } from './no-paths.js';

export function fileSource(path: string, _size?: number): SyncByteSource {
  throw noPaths(path);
}
