import { LayersError } from '@layers/errors';
import { createTarParser, type TarParser } from '@layers/tar';
import { createInflater, type Inflater } from '../../compression/inflater.js';
import type { Compression } from '../../compression/sniff.js';
import type { ComputableAlgorithm } from '../../digest/digest.js';
import { createDigester } from '../../digest/digester.js';
import { createChangesetIndexer } from '../../rootfs/index-changeset.js';
import { Kind } from '../../rootfs/kind.js';
import { DEFAULT_LIMITS, type Limits, type Usage } from '../../rootfs/limits.js';
import { createFingerprinter, type FingerprintKey } from './fingerprint.js';
import { type LayerIndex, type Problem, problemOf } from './layer-index.js';

/** What is wanted of a layer beside its entries. */
export interface LayerReadOptions {
  /** Algorithms to compute over the blob as stored. */
  readonly storedDigests: readonly ComputableAlgorithm[];
  /** Algorithms to compute over the uncompressed layer. */
  readonly tarDigests: readonly ComputableAlgorithm[];
  /** Given, every file's content gets a fingerprint. */
  readonly fingerprintKey: FingerprintKey | null;
  readonly limits?: Limits;
  /** Given where several layers share the limits. */
  readonly spent?: Usage;
  /** Check gzip's own CRC too, which costs time and adds nothing where the DiffID is known and compared. */
  readonly checksum?: boolean;
}

export interface LayerSink {
  /** Takes the next bytes of the blob as stored. */
  write(chunk: Uint8Array): void;
  end(): LayerIndex;
  /** Gives back what the layer took of shared limits, where its index is thrown away. */
  discard(): void;
}

/**
 * Reads a layer that is pushed in pieces, in one pass: inflates it, computes its digests and indexes its entries.
 * What is wrong with its bytes becomes the index's `problem`; digests of what can still be read are computed all
 * the same. `onTar` is given the uncompressed bytes too. Throws NeedsPortableInflater where the blob must be read again with `engine: 'portable'`.
 */
export function createLayerSink(
  compression: Compression | null,
  wishes: LayerReadOptions,
  engine: 'auto' | 'portable',
  onTar?: (bytes: Uint8Array) => void,
): LayerSink {
  const storedDigesters = wishes.storedDigests.map((algorithm) => createDigester(algorithm));
  const tarDigesters =
    compression === null && sameAlgorithms(wishes)
      ? storedDigesters
      : wishes.tarDigests.map((a) => createDigester(a));
  const separate = tarDigesters !== storedDigesters;
  const indexer = createChangesetIndexer(wishes.limits ?? DEFAULT_LIMITS, wishes.spent);
  const parser = parserInto(indexer, wishes.fingerprintKey);
  let storedBytes = 0;
  let tarBytes = 0;
  let problem: Problem | null = null;
  let inflateFailed = false;
  let inflater: Inflater | null = null;

  const attempt = (work: () => void, onFail: () => void): void => {
    try {
      work();
    } catch (error) {
      problem ??= problemOf(error);
      onFail();
    }
  };

  let parsing = true;
  const stopParsing = (): void => {
    parsing = false;
  };
  const takeTar = (bytes: Uint8Array): void => {
    tarBytes += bytes.length;
    if (separate) for (const digester of tarDigesters) digester.update(bytes);
    onTar?.(bytes);
    if (parsing) attempt(() => parser.write(bytes), stopParsing);
  };
  const stopInflating = (): void => {
    inflateFailed = true;
    inflater?.close();
    inflater = null;
  };

  if (compression === 'gzip' || compression === 'zstd') {
    inflater = createInflater(compression, { engine, checksum: wishes.checksum ?? true });
  } else if (compression !== null) {
    inflateFailed = true;
    problem = problemOf(
      new LayersError(
        'ERR_LAYERS_LAYER_COMPRESSION',
        `a layer compressed with ${compression} cannot be read`,
        {
          hint: 'layers are raw, gzip or zstd; convert the image with the tool that made it',
        },
      ),
    );
  }

  return {
    discard: () => indexer.discard(),
    write(chunk) {
      storedBytes += chunk.length;
      for (const digester of storedDigesters) digester.update(chunk);
      if (compression === null) takeTar(chunk);
      else if (inflater !== null) attempt(() => inflater?.push(chunk, takeTar), stopInflating);
    },
    end() {
      if (inflater !== null) attempt(() => inflater?.finish(takeTar), stopInflating);
      inflater?.close();
      if (parsing && !inflateFailed) attempt(() => parser.end(), stopParsing);
      // As for who walks the layer: what is cut off is not there.
      if (parser.open) indexer.dropLast();
      return {
        changeset: indexer.finish(),
        compression,
        storedBytes,
        tarBytes,
        digests: storedDigesters.map((digester) => digester.digest()),
        inflated: !inflateFailed,
        diffIds: inflateFailed ? [] : tarDigesters.map((digester) => digester.digest()),
        problem,
      };
    },
  };
}

/** Whether one set of digesters can serve both sides of an uncompressed layer. */
function sameAlgorithms({ storedDigests, tarDigests }: LayerReadOptions): boolean {
  return (
    storedDigests.length === tarDigests.length && storedDigests.every((name, i) => tarDigests[i] === name)
  );
}

interface LayerParser extends Pick<TarParser, 'write' | 'end'> {
  /** Whether an entry has begun whose data did not end. */
  readonly open: boolean;
}

function parserInto(
  indexer: ReturnType<typeof createChangesetIndexer>,
  key: FingerprintKey | null,
): LayerParser {
  const fingerprinter = key === null ? null : createFingerprinter(key);
  let current = -1;
  let open = false;
  const parser = createTarParser({
    onEntry(entry) {
      const index = indexer.add(entry);
      open = true;
      if (fingerprinter === null) return;
      current =
        entry.type === 'file' && entry.storedSize > 0 && indexer.kindOf(index) === Kind.file ? index : -1;
      if (current !== -1) fingerprinter.start(entry.sparse);
    },
    onData(bytes) {
      if (current !== -1) fingerprinter?.update(bytes);
    },
    onEntryEnd() {
      open = false;
      if (fingerprinter !== null && current !== -1) indexer.fingerprint(current, fingerprinter.finish());
    },
    onWarning: (warning) => indexer.warn(warning),
  });
  return {
    write: (bytes) => parser.write(bytes),
    end: () => parser.end(),
    get open() {
      return open;
    },
  };
}
