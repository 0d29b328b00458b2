import { isTarHeader } from '@layers/tar';
import { SNIFF_BYTES, sniffCompression } from '../../compression/sniff.js';
import { withTocFindings } from '../layers/check-toc.js';
import type { LayerIndex } from '../layers/layer-index.js';
import { type LayerReadOptions, LayerSink } from '../layers/layer-sink.js';
import { StoredTail } from '../layers/stored-tail.js';
import { type ArchiveFile, MAX_DOCUMENT_BYTES } from './archive-reader.js';

/** The result of reading a file of a stream: a small document, or the index of a layer. */
export interface StreamedFile {
  readonly document: Uint8Array | null;
  readonly index: LayerIndex | null;
}

const HEAD_BYTES = Math.max(SNIFF_BYTES, 512);

/**
 * Reads a file of a streamed archive. Its first bytes decide whether it is a layer (a tar, or compressed) or
 * a document, because the manifest may come later.
 */
export class FileSink {
  readonly #file: ArchiveFile;
  readonly #options: LayerReadOptions;
  readonly #onKeep: (bytes: number) => void;
  readonly #head: Uint8Array;
  /** Bytes of the file that were written. */
  #written = 0;
  #document: Uint8Array | null = null;
  #layer: LayerSink | null = null;
  /** The end of a compressed layer, which may have a table of contents. */
  #tail: StoredTail | null = null;

  /** @param onKeep called before bytes of a document are stored; refuses them by throwing */
  constructor(file: ArchiveFile, options: LayerReadOptions, onKeep: (bytes: number) => void) {
    this.#file = file;
    this.#options = options;
    this.#onKeep = onKeep;
    this.#head = new Uint8Array(Math.min(HEAD_BYTES, file.size));
    if (file.size === 0) this.#decide();
  }

  write(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#document === null && this.#layer === null) {
      const count = Math.min(this.#head.length - this.#written, bytes.length);
      this.#head.set(bytes.subarray(0, count), this.#written);
      this.#written += count;
      if (this.#written < this.#head.length) return;
      this.#decide();
      rest = bytes.subarray(count);
    }
    if (rest.length === 0) return;
    if (this.#layer !== null) this.#writeLayer(this.#layer, rest);
    else this.#document?.set(rest, this.#written);
    this.#written += rest.length;
  }

  end(): StreamedFile {
    const index = this.#layer?.end() ?? null;
    const compared = index === null || this.#tail === null ? index : withTocFindings(this.#tail, index);
    return { document: this.#document, index: compared };
  }

  #writeLayer(layer: LayerSink, bytes: Uint8Array): void {
    layer.write(bytes);
    this.#tail?.write(bytes);
  }

  #decide(): void {
    const { size } = this.#file;
    const head = this.#head;
    const compression = sniffCompression(head);
    const isLayer =
      compression !== null || isTarHeader(head) || size > MAX_DOCUMENT_BYTES || !isProbablyText(head);
    if (isLayer) {
      const options = layerOptionsFor(this.#file, this.#options, compression !== null);
      this.#layer = new LayerSink(compression, options, 'portable');
      this.#tail = compression === null ? null : new StoredTail(size);
      this.#writeLayer(this.#layer, head);
    } else {
      this.#onKeep(size);
      this.#document = new Uint8Array(size);
      this.#document.set(head);
    }
  }
}

/** Adds the digests that a compressed file may need: it is read anyway, and they cost little. */
export function layerOptionsFor(
  file: ArchiveFile,
  options: LayerReadOptions,
  isCompressed: boolean,
): LayerReadOptions {
  if (!isCompressed && options.storedDigests.length === 0) return options;
  const algorithms = file.name.startsWith('blobs/sha512/')
    ? (['sha256', 'sha512'] as const)
    : (['sha256'] as const);
  return { ...options, storedDigests: algorithms, tarDigests: algorithms };
}

/**
 * Returns whether bytes look like JSON, a version number or a name: the only control bytes of text are white space. A damaged
 * document may have some, or end in NUL padding, and still gets the error of a document. The header of a tar and
 * compressed bytes have many more.
 */
function isProbablyText(head: Uint8Array): boolean {
  if (head[0] === OPEN_BRACE || head[0] === OPEN_BRACKET) return true;
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  return controls <= MAX_CONTROLS;
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const MAX_CONTROLS = 8;
