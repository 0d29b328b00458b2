import { BLOCK_BYTES, isZeroBlock, paddedTo512 } from './block.js';
import type { TarEntry } from './entry.js';
import { createMemberReader, type Step } from './reader.js';
import { truncated } from './walk.js';
import type { OnWarning } from './warning.js';

export interface ParserHandlers {
  /** A member starts. Its byte fields hold during the call. */
  onEntry(entry: TarEntry): void;
  /** Stored bytes of the member that started last, in order; the view holds during the call. */
  onData?(bytes: Uint8Array): void;
  /**
   * The bytes from `headerOffset` to `dataOffset` of the member to come, extension headers included, as they pass.
   * A global header is no part of a member (but where it stands between a member's own headers).
   */
  onHeaderBytes?(bytes: Uint8Array): void;
  /** The member's data is complete (also where it has none). */
  onEntryEnd?(): void;
  onWarning?: OnWarning;
}

export interface TarParser {
  /** Takes the next bytes of the tar, of any length. Throws as `walkTar` does. */
  write(chunk: Uint8Array): void;
  /** The tar is over: throws ERR_LAYERS_TAR_TRUNCATED where it ends inside a member. */
  end(): void;
  /** Whether the end marker has passed; what follows it is ignored. */
  readonly ended: boolean;
}

/**
 * Reads a tar that is pushed in pieces. Data is handed on as views of the pieces, never copied; headers are copied
 * only where a piece cuts them. Gives the same entries, warnings and errors as `walkTar`.
 */
export function createTarParser(handlers: ParserHandlers): TarParser {
  const onWarning = handlers.onWarning ?? (() => undefined);
  const reader = createMemberReader(onWarning);
  const block = new Uint8Array(BLOCK_BYTES);
  let filled = 0;
  let position = 0;
  let want: 'block' | 'continuation' | 'extension' | 'data' | 'skip' | 'nothing' = 'block';
  let left = 0;
  let body = new Uint8Array(0);
  let padding = 0;
  let passOn = false;
  let paddingIsHeader = false;
  let zeroBlocks = 0;
  let dataStart = 0;

  const follow = (step: Step): void => {
    if (step.want === 'continuation') {
      want = 'continuation';
    } else if (step.want === 'extension') {
      body = new Uint8Array(step.bytes);
      left = step.bytes;
      dataStart = position;
      padding = paddedTo512(step.bytes) - step.bytes;
      passOn = step.ofMember;
      want = 'extension';
      if (left === 0) endBody();
    } else {
      const { entry } = step;
      left = entry.storedSize;
      dataStart = entry.dataOffset;
      padding = paddedTo512(left) - left;
      want = 'data';
      handlers.onEntry(entry);
      if (left === 0) endData();
    }
  };

  const endBody = (): void => {
    reader.extension(body);
    skipPadding(passOn);
  };

  const endData = (): void => {
    handlers.onEntryEnd?.();
    skipPadding(false);
  };

  const skipPadding = (ofExtension: boolean): void => {
    left = padding;
    paddingIsHeader = ofExtension;
    want = left === 0 ? 'block' : 'skip';
  };

  const takeBlock = (bytes: Uint8Array, at: number, offset: number): void => {
    if (want === 'continuation') {
      const step = reader.continuation(bytes, at, offset);
      handlers.onHeaderBytes?.(bytes.subarray(at, at + BLOCK_BYTES));
      follow(step);
      return;
    }
    if (bytes[at] === 0 && isZeroBlock(bytes, at)) {
      zeroBlocks++;
      if (reader.pending()) handlers.onHeaderBytes?.(bytes.subarray(at, at + BLOCK_BYTES));
      if (zeroBlocks === 2) {
        want = 'nothing';
        reader.end(position);
      }
      return;
    }
    if (zeroBlocks === 1) {
      onWarning({
        code: 'tar-lone-zero-block',
        offset,
        message: 'a single block of zeros stands between members',
      });
      zeroBlocks = 0;
    }
    const step = reader.block(bytes, at, offset);
    if (step.want !== 'extension' || step.ofMember)
      handlers.onHeaderBytes?.(bytes.subarray(at, at + BLOCK_BYTES));
    follow(step);
  };

  /** Uses up some of `chunk` from `at`; returns where the rest starts. */
  const take = (chunk: Uint8Array, at: number): number => {
    if (want === 'block' || want === 'continuation') {
      if (filled === 0 && chunk.length - at >= BLOCK_BYTES) {
        position += BLOCK_BYTES;
        takeBlock(chunk, at, position - BLOCK_BYTES);
        return at + BLOCK_BYTES;
      }
      const count = Math.min(BLOCK_BYTES - filled, chunk.length - at);
      block.set(chunk.subarray(at, at + count), filled);
      filled += count;
      position += count;
      if (filled === BLOCK_BYTES) {
        filled = 0;
        takeBlock(block, 0, position - BLOCK_BYTES);
      }
      return at + count;
    }
    if (want === 'nothing') return chunk.length;
    const count = Math.min(left, chunk.length - at);
    left -= count;
    position += count;
    if (want === 'data') {
      if (handlers.onData && count > 0) handlers.onData(chunk.subarray(at, at + count));
      if (left === 0) endData();
    } else if (want === 'extension') {
      body.set(chunk.subarray(at, at + count), body.length - left - count);
      if (handlers.onHeaderBytes && passOn && count > 0)
        handlers.onHeaderBytes(chunk.subarray(at, at + count));
      if (left === 0) endBody();
    } else {
      if (paddingIsHeader) handlers.onHeaderBytes?.(chunk.subarray(at, at + count));
      if (left === 0) want = 'block';
    }
    return at + count;
  };

  return {
    write(chunk) {
      let at = 0;
      while (at < chunk.length) at = take(chunk, at);
    },
    end() {
      if (want === 'nothing') return;
      if (filled > 0)
        throw truncated(
          position - filled,
          want === 'continuation' ? 'in a sparse map' : 'in a header',
          position,
        );
      if (want === 'continuation') throw truncated(position, 'in a sparse map', position);
      if (want === 'extension') throw truncated(dataStart, 'in an extension header', position);
      if (want === 'data') throw truncated(dataStart, "in a member's bytes", position);
      if (want === 'skip') {
        onWarning({
          code: 'tar-padding-missing',
          offset: position,
          message: 'the last member is not padded to a whole block',
        });
      }
      onWarning({
        code: 'tar-no-end-marker',
        offset: position,
        message: 'the tar ends without its two blocks of zeros',
      });
      reader.end(position);
    },
    get ended() {
      return want === 'nothing';
    },
  };
}
