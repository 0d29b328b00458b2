import { isLayersError, LayersError } from '@layers/errors';
import { createTarParser } from '@layers/tar';
import type { Compression } from '../../compression/sniff.js';
import { indexBytes, type LayerReadOptions } from '../layers/layer-sink.js';
import { type ArchiveFile, type ArchiveReader, follow } from './archive-reader.js';
import { checkDocumentSize, createMemberTable, oddityOf, refuseOddWarning } from './file-archive-reader.js';
import { createMemberSink, type MemberSink, type StreamedMember, wishesFor } from './file-sink.js';

export interface StreamOptions {
  /** How the whole archive was compressed; `source` gives it uncompressed. */
  readonly compression: Compression | null;
  readonly wishes: LayerReadOptions;
  /** Bytes of the archive as it lies, once all of `source` has been read. */
  readonly bytes: () => number | null;
}

/**
 * Reads an archive that streams by, in one pass and without a copy of it: small documents are kept, and every other
 * member is taken for a layer, indexed and hashed as it passes, since what explains it comes later.
 *
 * Throws ERR_LAYERS_TAR_* as reading the same archive from a file does.
 */
export async function readStreamMembers(
  source: AsyncIterable<Uint8Array>,
  options: StreamOptions,
): Promise<ArchiveReader> {
  const table = createMemberTable();
  const streamed = new Map<string, StreamedMember>();
  let keptBytes = 0;
  const onKeep = (bytes: number): void => {
    keptBytes += bytes;
    if (keptBytes > MAX_KEPT_BYTES) throw tooManyDocuments();
  };
  let odd: LayersError | null = null;
  let current: { member: ArchiveFile; sink: MemberSink } | null = null;
  const parser = createTarParser({
    onWarning(warning) {
      refuseOddWarning(warning);
      table.warn(warning);
    },
    onEntry(entry) {
      odd = oddityOf(entry);
      const member = odd === null ? table.add(entry) : null;
      if (member?.type !== 'file') return;
      current = { member, sink: createMemberSink(member, options.wishes, onKeep) };
    },
    onData: (bytes) => current?.sink.write(bytes),
    onEntryEnd() {
      // Only here: a member that is cut off is that before it is anything else, as it is for who walks a file.
      if (odd !== null) throw odd;
      if (current !== null) streamed.set(current.member.name, current.sink.end());
      current = null;
    },
  });
  await parseAll(source, parser, options.compression !== null);

  return {
    medium: 'archive',
    seekable: false,
    compression: options.compression,
    bytes: options.bytes(),
    find: (name) => follow(table.members, name),
    names: () => table.members.keys(),
    read(member) {
      checkDocumentSize(member);
      const kept = streamed.get(member.name);
      if (kept?.document) return kept.document;
      throw new LayersError('ERR_LAYERS_JSON', `${member.name} is not valid JSON at byte 0`, {
        file: member.name,
        offset: 0,
        hint: 'the archive is damaged, or was not written by a container tool',
      });
    },
    layer(member) {
      const kept = streamed.get(member.name);
      const index =
        kept?.index ??
        (kept?.document ? indexBytes(kept.document, wishesFor(member, options.wishes, false)) : null);
      return index === null ? null : { from: 'stream', index };
    },
    occurrence: table.occurrence,
    findings: table.findings,
  };
}

/** All documents of an archive together; an attestation of a big image has a few MB. */
const MAX_KEPT_BYTES = 96 * 1024 * 1024;

function tooManyDocuments(): LayersError {
  return new LayersError(
    'ERR_LAYERS_LIMIT',
    `the documents of the archive have more than ${MAX_KEPT_BYTES} bytes`,
    {
      hint: 'such an archive is made to exhaust memory',
    },
  );
}

/** Writers fill up their last record; what goes on for longer than this may never end. */
const MAX_BEHIND_BYTES = 64 * 1024 * 1024;

/**
 * Gives all of `source` to the parser. What follows the tar's end is read too: a writer must not find its pipe
 * closed, and the end of compressed data holds its checksum. Damaged compressed data makes a damaged tar, and
 * where that shows depends on how the bytes came: the compression's own error is the one that is told.
 */
async function parseAll(
  source: AsyncIterable<Uint8Array>,
  parser: ReturnType<typeof createTarParser>,
  isCompressed: boolean,
): Promise<void> {
  let failure: unknown = null;
  let behind = 0;
  for await (const chunk of source) {
    if (parser.ended) behind += chunk.length;
    if (behind > MAX_BEHIND_BYTES) break;
    if (failure !== null || parser.ended) continue;
    try {
      parser.write(chunk);
    } catch (error) {
      if (!isCompressed || !isTarError(error)) throw error;
      failure = error;
    }
  }
  if (failure !== null) throw failure;
  parser.end();
}

function isTarError(error: unknown): boolean {
  return isLayersError(error) && error.code.startsWith('ERR_LAYERS_TAR_');
}
