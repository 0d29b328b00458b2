import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { createMemberReader, type Step } from './reader.js';
import { truncated } from './walk.js';
import type { OnWarning } from './warning.js';

/**
 * The entries whose header blocks, extension headers included, follow each other in memory without the data that stood
 * between them; blocks of zeros are passed over. Offsets in the entries are positions in `bytes`; their byte fields hold until the next step.
 *
 * Throws ERR_LAYERS_TAR_* as `walkTar` does.
 */
export function* readHeaders(
  bytes: Uint8Array,
  onWarning: OnWarning = () => undefined,
): Generator<TarEntry, void, undefined> {
  const reader = createMemberReader(onWarning);
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === 0 && isZeroBlock(bytes, blockAt('in a header'))) {
      at += BLOCK_BYTES;
      continue;
    }
    let step: Step = reader.block(bytes, blockAt('in a header'), at);
    at += BLOCK_BYTES;
    while (step.want === 'continuation') {
      step = reader.continuation(bytes, blockAt('in a sparse map'), at);
      at += BLOCK_BYTES;
    }
    if (step.want === 'data') {
      yield step.entry;
      continue;
    }
    if (at + step.bytes > bytes.length) throw truncated(at, 'in an extension header', bytes.length);
    reader.extension(bytes.subarray(at, at + step.bytes));
    at += paddedTo512(step.bytes);
  }

  function blockAt(where: string): number {
    if (at + BLOCK_BYTES > bytes.length) throw truncated(at, where, bytes.length);
    return at;
  }
}
