import { isTarHeader } from '@layers/tar';
import { SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import type { LayerIndex } from '../layers/layer-index.js';
import { type LayerReadOptions, LayerSink } from '../layers/layer-sink.js';
import { type ArchiveFile, MAX_DOCUMENT_BYTES } from './archive-reader.js';

/** What was kept of a member that streamed by: all of a small document, or what a layer's bytes told. */
export interface StreamedMember {
  readonly document: Uint8Array | null;
  readonly index: LayerIndex | null;
}

export interface MemberSink {
  write(bytes: Uint8Array): void;
  end(): StreamedMember;
}

const HEAD_BYTES = Math.max(SNIFF_BYTES, 512);

/**
 * Takes a member whose meaning is not known yet: by its first bytes it is a layer (a tar, or compressed) or a
 * document. `onKeep` is told of bytes that are about to be kept, and may refuse by throwing.
 */
export function createMemberSink(
  member: ArchiveFile,
  wishes: LayerReadOptions,
  onKeep: (bytes: number) => void,
): MemberSink {
  const head = new Uint8Array(Math.min(HEAD_BYTES, member.size));
  let filled = 0;
  let document: Uint8Array | null = null;
  let layer: LayerSink | null = null;

  const decide = (): void => {
    const compression = sniffCompression(head);
    const isLayer =
      compression !== null || isTarHeader(head) || member.size > MAX_DOCUMENT_BYTES || !mayBeText(head);
    if (isLayer) {
      layer = new LayerSink(compression, wishesFor(member, wishes, compression !== null), 'portable');
      layer.write(head);
    } else {
      onKeep(member.size);
      document = new Uint8Array(member.size);
      document.set(head);
    }
  };
  if (head.length === 0) decide();

  return {
    write(bytes) {
      let rest = bytes;
      if (document === null && layer === null) {
        const taken = Math.min(head.length - filled, bytes.length);
        head.set(bytes.subarray(0, taken), filled);
        filled += taken;
        if (filled < head.length) return;
        decide();
        rest = bytes.subarray(taken);
      }
      if (rest.length === 0) return;
      filled += rest.length;
      if (layer !== null) layer.write(rest);
      else document?.set(rest, filled - rest.length);
    },
    end: () => ({ document, index: layer?.end() ?? null }),
  };
}

/** A compressed member is read through, so its digests cost little; of others only those that are wanted. */
export function wishesFor(
  member: ArchiveFile,
  wishes: LayerReadOptions,
  compressed: boolean,
): LayerReadOptions {
  const stated = member.name.startsWith('blobs/sha512/')
    ? (['sha256', 'sha512'] as const)
    : (['sha256'] as const);
  const wanted = compressed || wishes.storedDigests.length > 0;
  return wanted ? { ...wishes, storedDigests: stated, tarDigests: stated } : wishes;
}

/**
 * JSON, a version number, a name: text has no control bytes but white space. A damaged document may have some, or
 * end in the NULs of its padding, and what is wrong with it is to be told as it is of a file; a tar's header and
 * compressed bytes have many more.
 */
function mayBeText(head: Uint8Array): boolean {
  if (head[0] === OPEN_BRACE || head[0] === OPEN_BRACKET) return true;
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  return controls <= MAX_CONTROLS;
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const MAX_CONTROLS = 8;
