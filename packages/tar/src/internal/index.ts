/** For the other packages of this project only. May change with any release. */

export { isUtf8 } from '#tar/is-utf8.js';
export { BLOCK_BYTES, paddedTo512 } from '../block.js';
export { MAX_EXTENSION_BYTES } from '../extension.js';
export { readHeaders } from '../headers.js';
export type { PlainBatch } from '../kernel/plain-kernel.js';
export { truncatedTar } from '../truncated.js';
export { TarWalk, type TarWalkOptions } from '../walk.js';
export { headerBytes } from '../write.js';
