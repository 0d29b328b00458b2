import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { EntryReader, type Step } from './entry-reader.js';
import { type TruncatedPart, truncatedTar } from './truncated.js';
import type { OnWarning } from './warning.js';

/**
 * Decodes header blocks, extension headers included, from which the data between them was removed. Skips blocks of
 * zeros. Offsets in the entries are positions in `bytes`; their byte fields are valid until the next step.
 *
 * Throws ERR_LAYERS_TAR_* as `walkTar` does.
 */
export function* readHeaders(
  bytes: Uint8Array,
  onWarning: OnWarning = () => undefined,
): Generator<TarEntry, void, undefined> {
  const reader = new EntryReader(onWarning);
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === 0 && isZeroBlock(bytes, blockAt('header'))) {
      at += BLOCK_BYTES;
      continue;
    }
    let step: Step = reader.block(bytes, blockAt('header'), at);
    at += BLOCK_BYTES;
    while (step.want === 'continuation') {
      step = reader.continuation(bytes, blockAt('sparse map'), at);
      at += BLOCK_BYTES;
    }
    if (step.want === 'data') {
      yield step.entry;
      continue;
    }
    if (at + step.bytes > bytes.length) throw truncatedTar(at, 'extension header', bytes.length);
    reader.extension(bytes.subarray(at, at + step.bytes));
    at += paddedTo512(step.bytes);
  }

  function blockAt(part: TruncatedPart): number {
    if (at + BLOCK_BYTES > bytes.length) throw truncatedTar(at, part, bytes.length);
    return at;
  }
}
