import { LayersError } from '@layers/errors';
import { createTarParser, type TarParser } from '@layers/tar';
import { UNFINISHED } from '../../compression/codec.js';
import type { Decoder } from '../../compression/decoder.js';
import { createIndexBuilder, type IndexBuilder } from '../../compression/indexed/index-builder.js';
import { encodeIndex } from '../../compression/indexed/index-format.js';
import { createDecoder } from '../../compression/inflater.js';
import { type Compression, sniffCompression } from '../../compression/sniff.js';
import type { ComputableAlgorithm } from '../../digest/digest.js';
import { createDigester, type Digester } from '../../digest/digester.js';
import { memorySource } from '../../io/memory-source.js';
import { runSteps, type Steps } from '../../io/steps.js';
import { ChangesetIndexer } from '../../rootfs/changeset-indexer.js';
import { Kind } from '../../rootfs/kind.js';
import { DEFAULT_LIMITS, type Limits, type Usage } from '../../rootfs/limits.js';
import { withTocFindings } from './check-toc.js';
import { POINT_SPACING } from './encoded-points.js';
import { createFingerprinter, type Fingerprinter, type FingerprintKey } from './fingerprint.js';
import { type LayerIndex, type Problem, problemOf } from './layer-index.js';
import { type ContentSink, contentInto, type LayerObserver } from './layer-observer.js';
import { FIRST_HEADER_BYTES, namedProblem } from './not-a-tar.js';

/** What to compute about a layer beside its entries. */
export interface LayerReadOptions {
  /** Digest algorithms for the blob as stored. */
  readonly storedDigests: readonly ComputableAlgorithm[];
  /** Digest algorithms for the uncompressed layer. */
  readonly tarDigests: readonly ComputableAlgorithm[];
  /** Computes a fingerprint of the content of every file; null computes none. */
  readonly fingerprintKey: FingerprintKey | null;
  readonly limits?: Limits;
  /** The shared usage, where several layers share the limits. */
  readonly usage?: Usage;
  /** Checks the CRC of gzip too. It costs time, and adds nothing where the DiffID is compared. */
  readonly checksum?: boolean;
  /** Notes access points of a compressed layer. Costs a fifth of the time of decompressing it. */
  readonly accessPoints?: boolean;
}

/** Which decompressor to use: the fastest one, one that works with every blob, or a decoder of the caller. */
export type Engine = 'auto' | 'portable' | Decoder;

/**
 * Reads a layer that arrives in pieces, in one pass: decompresses it, computes its digests and indexes its entries.
 * An error in its bytes becomes the `problem` of the index; the digests of what is still readable are computed.
 */
export class LayerSink {
  readonly #compression: Compression | null;
  readonly #storedDigesters: readonly Digester[];
  readonly #tarDigesters: readonly Digester[];
  readonly #indexer: ChangesetIndexer;
  readonly #parser: TarParser;
  readonly #fingerprinter: Fingerprinter | null;
  readonly #observer: LayerObserver | null;
  #decoder: Decoder | null = null;
  readonly #builder: IndexBuilder | null = null;
  readonly #head = new Uint8Array(FIRST_HEADER_BYTES);
  #storedBytes = 0;
  #tarBytes = 0;
  #problem: Problem | null = null;
  #inflateFailed = false;
  #parseFailed = false;
  /** Whether an entry has started whose data has not ended. */
  #isInEntry = false;
  /** The entry whose content is fingerprinted, or -1. */
  #fingerprinted = -1;
  /** Where the observer wants the content of the entry. */
  #content: Pick<ContentSink, 'write' | 'end'> | null = null;

  constructor(
    compression: Compression | null,
    options: LayerReadOptions,
    engine: Engine,
    observer: LayerObserver | null = null,
  ) {
    this.#compression = compression;
    this.#observer = observer;
    this.#storedDigesters = options.storedDigests.map((algorithm) => createDigester(algorithm));
    this.#tarDigesters =
      compression === null && sameAlgorithms(options)
        ? this.#storedDigesters
        : options.tarDigests.map((algorithm) => createDigester(algorithm));
    this.#indexer = new ChangesetIndexer(options.limits ?? DEFAULT_LIMITS, options.usage);
    this.#fingerprinter =
      options.fingerprintKey === null ? null : createFingerprinter(options.fingerprintKey);
    this.#parser = this.#createParser();
    if (compression === 'gzip' || compression === 'zstd') {
      const inflating = { checksum: options.checksum ?? true, ignoreTrailing: true };
      this.#builder =
        options.accessPoints === true
          ? createIndexBuilder(compression, { ...inflating, spacing: POINT_SPACING })
          : null;
      if (typeof engine === 'object') this.#decoder = engine;
      else this.#decoder = this.#builder ?? createDecoder(compression, { engine, ...inflating });
    } else if (compression !== null) {
      this.#inflateFailed = true;
      this.#problem = problemOf(unsupportedCompression(compression));
    }
  }

  /**
   * Adds the next bytes of the blob as stored. Throws NeedsPortableInflater where the blob must be read again with
   * the engine `portable`.
   */
  write(chunk: Uint8Array): void {
    runSteps(this.writing(chunk));
  }

  /** Adds bytes as `write` does, in steps: yields where the decoder of the caller needs more time. */
  *writing(chunk: Uint8Array): Steps<void> {
    this.#storedBytes += chunk.length;
    if (this.#compression === null) this.#readTar(chunk);
    const inflating = this.#inflate((decoder) => decoder.feed(chunk));
    // A decoder that works in another thread has begun with the chunk when this thread hashes it.
    const { done } = inflating.next();
    for (const digester of this.#storedDigesters) digester.update(chunk);
    if (done) return;
    yield;
    yield* inflating;
  }

  /** Ends the blob; returns its index. Throws as `write` does. */
  end(): LayerIndex {
    runSteps(this.#inflate((decoder) => decoder.finish()));
    const trailing = this.#decoder?.trailing?.() ?? null;
    if (trailing !== null) this.#indexer.noteTrailing(trailing);
    this.#decoder?.close();
    if (!this.#inflateFailed) this.#parse((parser) => parser.end());
    // Drops a truncated last entry, as `walkTar` does.
    if (this.#isInEntry) this.#indexer.dropLast();
    return {
      changeset: this.#indexer.finish(),
      compression: this.#compression,
      storedBytes: this.#storedBytes,
      tarBytes: this.#tarBytes,
      digests: this.#storedDigesters.map((digester) => digester.digest()),
      inflated: !this.#inflateFailed,
      diffIds: this.#inflateFailed ? [] : this.#tarDigesters.map((digester) => digester.digest()),
      problem: this.#problem,
      accessPoints: this.#builder === null || this.#inflateFailed ? null : encodeIndex(this.#builder.index()),
      tocFindings: [],
    };
  }

  /** Releases the layer's use of shared limits, where its index is discarded. */
  discard(): void {
    this.#indexer.discard();
  }

  *#inflate(work: (decoder: Decoder) => Iterable<Uint8Array>): Steps<void> {
    if (this.#decoder === null) return;
    try {
      for (const piece of work(this.#decoder)) {
        if (piece === UNFINISHED) yield;
        else this.#readTar(piece);
      }
    } catch (error) {
      this.#problem ??= problemOf(error);
      this.#inflateFailed = true;
      this.#decoder.close();
      this.#decoder = null;
    }
  }

  #readTar(bytes: Uint8Array): void {
    if (this.#tarBytes < FIRST_HEADER_BYTES) {
      this.#head.set(bytes.subarray(0, FIRST_HEADER_BYTES - this.#tarBytes), this.#tarBytes);
    }
    this.#tarBytes += bytes.length;
    if (this.#tarDigesters !== this.#storedDigesters) {
      for (const digester of this.#tarDigesters) digester.update(bytes);
    }
    this.#observer?.onTar?.(bytes);
    this.#parse((parser) => parser.write(bytes));
  }

  #parse(work: (parser: TarParser) => void): void {
    if (this.#parseFailed) return;
    try {
      work(this.#parser);
    } catch (error) {
      this.#problem ??= namedProblem(problemOf(error), this.#head.subarray(0, this.#tarBytes));
      this.#parseFailed = true;
    }
  }

  #createParser(): TarParser {
    const indexer = this.#indexer;
    const fingerprinter = this.#fingerprinter;
    return createTarParser({
      onEntry: (entry) => {
        const index = indexer.add(entry);
        this.#isInEntry = true;
        const isFile = entry.type === 'file' && indexer.kindOf(index) === Kind.file;
        const sink = isFile ? (this.#observer?.openContent?.(index, entry) ?? null) : null;
        this.#content = sink === null ? null : contentInto(entry, sink);
        if (fingerprinter === null) return;
        const hasContent = isFile && entry.storedSize > 0;
        this.#fingerprinted = hasContent ? index : -1;
        if (hasContent) fingerprinter.start(entry.sparse);
      },
      onData: (bytes) => {
        this.#content?.write(bytes);
        if (this.#fingerprinted !== -1) fingerprinter?.update(bytes);
      },
      onEntryEnd: () => {
        this.#isInEntry = false;
        this.#content?.end();
        this.#content = null;
        if (fingerprinter !== null && this.#fingerprinted !== -1) {
          indexer.fingerprint(this.#fingerprinted, fingerprinter.finish());
        }
      },
      onWarning: (warning) => indexer.warn(warning),
      ignoreGlobals: true,
    });
  }
}

/** Indexes a layer in memory: one that a descriptor embeds (OCI descriptor.md `data`), or a small file. */
export function indexBytes(bytes: Uint8Array, options: LayerReadOptions): LayerIndex {
  const sink = new LayerSink(sniffCompression(bytes), options, 'portable');
  sink.write(bytes);
  return withTocFindings(memorySource(bytes, 'a layer'), sink.end());
}

function unsupportedCompression(compression: Compression): LayersError {
  return new LayersError(
    'ERR_LAYERS_LAYER_COMPRESSION',
    `cannot read a layer compressed with ${compression}`,
    {
      hint: 'layers are uncompressed, gzip or zstd; convert the image with the tool that made it',
    },
  );
}

/** Whether the blob and the uncompressed layer need the same digests: in an uncompressed blob both are equal. */
function sameAlgorithms({ storedDigests, tarDigests }: LayerReadOptions): boolean {
  return (
    storedDigests.length === tarDigests.length && storedDigests.every((name, i) => tarDigests[i] === name)
  );
}
