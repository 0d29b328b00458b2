import { LayersError } from '@layers/errors';
import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { createMemberReader, nextHeader, type Step } from './reader.js';
import type { OnWarning } from './warning.js';
import { createWindow, MAX_WINDOW, type SeekableBytes, type Window } from './window.js';

export interface WalkOptions {
  readonly onWarning?: OnWarning;
}

/**
 * Walks the members of a seekable tar without reading their contents: small windows are read where headers stand,
 * larger ones where members are small and follow each other closely. Yields entries whose byte fields hold until
 * the next step; returns the position after the last block that belongs to the tar.
 *
 * Throws ERR_LAYERS_TAR_* with the offset for what cannot be read; lesser faults go to `onWarning`.
 */
export function* walkTar(
  source: SeekableBytes,
  options: WalkOptions = {},
): Generator<TarEntry, number, undefined> {
  const onWarning = options.onWarning ?? (() => undefined);
  const reader = createMemberReader(onWarning);
  const view = createWindow(source);
  let offset = 0;
  let zeroBlocks = 0;

  for (;;) {
    if (offset > source.size) {
      offset = source.size;
      onWarning({
        code: 'tar-padding-missing',
        offset,
        message: 'the last member is not padded to a whole block',
      });
    }
    const at = view.find(offset, BLOCK_BYTES);
    if (at === -1) {
      if (offset < source.size) throw truncated(offset, 'in a header', source.size);
      onWarning({
        code: 'tar-no-end-marker',
        offset,
        message: 'the tar ends without its two blocks of zeros',
      });
      break;
    }
    if (view.bytes[at] === 0 && isZeroBlock(view.bytes, at)) {
      offset += BLOCK_BYTES;
      zeroBlocks++;
      if (zeroBlocks === 2) break;
      continue;
    }
    if (zeroBlocks === 1) {
      onWarning({
        code: 'tar-lone-zero-block',
        offset,
        message: 'a single block of zeros stands between members',
      });
      zeroBlocks = 0;
    }
    let step: Step = reader.block(view.bytes, at, offset);
    offset += BLOCK_BYTES;
    while (step.want === 'continuation') {
      const next = view.find(offset, BLOCK_BYTES);
      if (next === -1) throw truncated(offset, 'in a sparse map', source.size);
      step = reader.continuation(view.bytes, next, offset);
      offset += BLOCK_BYTES;
    }
    if (step.want === 'extension') {
      reader.extension(bodyAt(source, view, offset, step.bytes));
      offset += paddedTo512(step.bytes);
      continue;
    }
    const { entry } = step;
    if (entry.dataOffset + entry.storedSize > source.size)
      throw truncated(entry.dataOffset, "in a member's bytes", source.size);
    offset = nextHeader(entry);
    yield entry;
  }
  reader.end(offset);
  return offset;
}

function bodyAt(source: SeekableBytes, view: Window, offset: number, bytes: number): Uint8Array {
  if (offset + bytes > source.size) throw truncated(offset, 'in an extension header', source.size);
  if (bytes <= MAX_WINDOW) {
    const at = view.find(offset, bytes);
    if (at !== -1) return view.bytes.subarray(at, at + bytes);
  } else {
    const body = new Uint8Array(bytes);
    if (source.read(body, offset) === bytes) return body;
  }
  throw truncated(offset, 'in an extension header', source.size);
}

export function truncated(offset: number, where: string, end: number): LayersError {
  return new LayersError(
    'ERR_LAYERS_TAR_TRUNCATED',
    `the tar ends at ${end}, ${where} that starts at ${offset}`,
    {
      offset,
      hint: 'the copy or download was cut short',
    },
  );
}
