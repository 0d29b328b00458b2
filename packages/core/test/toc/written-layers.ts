import { walkTar } from '@layers/tar';
import { type TocLayer, tocLayer } from '@layers/testing/toc-layers';
import { decompressStream } from '../../src/compression/index.js';
import { memorySource } from '../../src/io/memory-source.js';
import type { Changeset } from '../../src/rootfs/changeset.js';
import { ChangesetIndexer } from '../../src/rootfs/changeset-indexer.js';
import {
  type BlobRanges,
  declaredToc,
  FOOTER_BYTES,
  readToc,
  type Toc,
  type TocPlace,
  tocInFooter,
  withDocument,
} from '../../src/toc/index.js';

export interface WrittenLayer {
  readonly blob: Uint8Array;
  readonly annotations: ReadonlyMap<string, string>;
  /** With the digest that the annotations declare. */
  readonly place: TocPlace;
  readonly toc: Toc;
}

/** Returns a layer that a library of its format wrote, and its TOC. */
export function writtenLayer(name: TocLayer): WrittenLayer {
  const { blob, annotations: fields } = tocLayer(name);
  const annotations = new Map(Object.entries(fields));
  const place = tocInFooter(blob.subarray(-FOOTER_BYTES), blob.length);
  const declared = declaredToc(annotations, blob.length);
  if (place === null || declared === null) throw new Error(`${name} has no TOC`);
  const complete = { ...place, digest: declared.digest };
  return {
    blob,
    annotations,
    place: complete,
    toc: withDocument(readToc(blob.subarray(place.start, place.end), complete)),
  };
}

/** Returns the uncompressed tar of a blob. */
export async function tarOf(blob: Uint8Array): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const chunks = (async function* () {
    yield blob;
  })();
  const compression = blob[0] === 0x1f ? 'gzip' : 'zstd';
  for await (const piece of decompressStream(chunks, compression)) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}

/** Returns the changeset of a tar, and the contents of its files by the positions of their entries. */
export function readTar(tar: Uint8Array): { changeset: Changeset; contents: Map<number, Uint8Array> } {
  const indexer = new ChangesetIndexer();
  const contents = new Map<number, Uint8Array>();
  for (const entry of walkTar(memorySource(tar, 'tar').open(), { ignoreGlobals: true })) {
    const index = indexer.add(entry);
    if (entry.type === 'file')
      contents.set(index, tar.slice(entry.dataOffset, entry.dataOffset + entry.size));
  }
  return { changeset: indexer.finish(), contents };
}

/** Serves a blob in ranges, and counts what is read. */
export function rangesOf(blob: Uint8Array): BlobRanges & { requests: number; bytes: number } {
  const ranges = {
    name: 'the layer',
    requests: 0,
    bytes: 0,
    async *range(start: number, end: number) {
      ranges.requests++;
      for (let at = start; at < end; at += 1000) {
        const part = blob.slice(at, Math.min(end, at + 1000));
        ranges.bytes += part.length;
        yield part;
      }
    },
  };
  return ranges;
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk.slice());
  return new Uint8Array(Buffer.concat(pieces));
}
