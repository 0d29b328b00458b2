/** What the other packages of layers need besides the public API. It may change with any release. */

export { BLOCK_BYTES, paddedTo512 } from '../block.js';
export { readHeaders } from '../headers.js';
export { truncatedTar } from '../truncated.js';
export { headerBytes } from '../write.js';
