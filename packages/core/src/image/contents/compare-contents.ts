import type { SeekableBytes } from '@layers/tar';
import type { OpenBytes, SyncByteSource } from '../../io/byte-source.js';
import { openPart, rootOf } from '../../io/range-source.js';
import { type Changeset, dataOffsetOf, FINGERPRINT_BYTES, storedSizeOf } from '../../rootfs/changeset.js';
import type { CopyCandidate } from '../../rootfs/layer-application.js';
import { createFingerprinter, type FingerprintKey } from '../layers/fingerprint.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../read-image.js';

const CHUNK_BYTES = 256 * 1024;
const FIRST_PIECE_BYTES = 4 * 1024;

const bufferA = Buffer.allocUnsafeSlow(CHUNK_BYTES);
const bufferB = Buffer.allocUnsafeSlow(CHUNK_BYTES);

/**
 * Returns for each candidate whether the new content has the same bytes as the old one. Two sparse files count as the
 * same only where their maps are the same too. Throws ERR_LAYERS_READ.
 */
export function sameContents(image: ReadImage, candidates: readonly CopyCandidate[]): boolean[] {
  const comparer = createContentComparer(image, image);
  try {
    return candidates.map(
      ({ oldLayer, oldEntry, newLayer, newEntry }) =>
        comparer.compare({ layer: oldLayer, entry: oldEntry }, { layer: newLayer, entry: newEntry }) ===
        'same',
    );
  } finally {
    comparer.close();
  }
}

/** A content of an image: the position of its layer, and the index of its entry in that layer. */
export interface ContentPlace {
  readonly layer: number;
  readonly entry: number;
}

export interface ContentComparer {
  /**
   * Compares two contents: by fingerprints where they exist, else by reading both up to the first difference. Returns
   * `unknown` where the maps of sparse files differ, which may still have the same bytes, and where there is neither
   * a fingerprint nor a way to read the bytes.
   */
  compare(a: ContentPlace, b: ContentPlace): 'same' | 'different' | 'unknown';
  /** Returns the fingerprint of a content of image A; reads it if necessary. Null where its bytes cannot be read. */
  fingerprintA(place: ContentPlace): Uint8Array | null;
  /** Does the same in steps: yields the bytes that were read after each, so that the caller can pause. */
  fingerprintStepsA(place: ContentPlace): Generator<number, Uint8Array | null>;
  /** Returns the fingerprint of a content of image B. */
  fingerprintB(place: ContentPlace): Uint8Array | null;
  close(): void;
}

/** Creates a comparer for contents of two images, or of one. Close it after use. Throws ERR_LAYERS_READ. */
export function createContentComparer(imageA: ReadImage, imageB: ReadImage): ContentComparer {
  const open = createOpener();
  const { fingerprintKey } = imageA.archive;
  // Fingerprints under two keys say nothing.
  const isOneKey = Buffer.compare(fingerprintKey, imageB.archive.fingerprintKey) === 0;
  const fingerprint = (image: ReadImage, { layer, entry }: ContentPlace): Uint8Array | null => {
    const content = contentOf(image.layers, layer, entry);
    return content === null || !isOneKey
      ? null
      : fingerprintOf(content, open.source(content.layer), fingerprintKey);
  };
  function* fingerprintSteps({ layer, entry }: ContentPlace): Generator<number, Uint8Array | null> {
    const content = contentOf(imageA.layers, layer, entry);
    return content === null || !isOneKey
      ? null
      : yield* stepsOfFingerprint(content, open.source(content.layer), fingerprintKey);
  }
  return {
    compare(a, b) {
      const contentA = contentOf(imageA.layers, a.layer, a.entry);
      const contentB = contentOf(imageB.layers, b.layer, b.entry);
      if (contentA === null || contentB === null) return 'unknown';
      const isPrinted = hasFingerprint(contentA) || hasFingerprint(contentB);
      if (isPrinted && !isOneKey && contentA.changeset !== contentB.changeset) return 'unknown';
      return compareContents(contentA, contentB, open, fingerprintKey);
    },
    fingerprintA: (place) => fingerprint(imageA, place),
    fingerprintStepsA: fingerprintSteps,
    fingerprintB: (place) => fingerprint(imageB, place),
    close: () => open.close(),
  };
}

interface Content {
  readonly layer: ReadLayer;
  readonly changeset: Changeset;
  readonly entry: number;
  /** Bytes as stored, without the holes of a sparse file. */
  readonly bytes: number;
  readonly map: string;
}

function contentOf(layers: readonly ReadLayer[], position: number, entry: number): Content | null {
  const layer = layers[position];
  if (layer === undefined) return null;
  const changeset = changesetOf(layer);
  const sparse = changeset.sparse.get(entry)?.sparse;
  const map = sparse === undefined ? '' : JSON.stringify([sparse.form, sparse.extents]);
  return { layer, changeset, entry, bytes: storedSizeOf(changeset, entry), map };
}

function compareContents(
  a: Content,
  b: Content,
  open: Opener,
  key: FingerprintKey,
): 'same' | 'different' | 'unknown' {
  if (a.changeset === b.changeset && a.entry === b.entry) return 'same';
  if (a.map !== b.map) return 'unknown';
  if (a.bytes !== b.bytes) return 'different';
  if (a.bytes === 0) return 'same';
  const [sourceA, sourceB] = [open.source(a.layer), open.source(b.layer)];
  if (sourceA !== null && sourceB !== null && !hasFingerprint(a) && !hasFingerprint(b)) {
    const [offsetA, offsetB] = [dataOffsetOf(a.changeset, a.entry), dataOffsetOf(b.changeset, b.entry)];
    return sameBytesIn(sourceA, offsetA, sourceB, offsetB, a.bytes) ? 'same' : 'different';
  }
  const printA = fingerprintOf(a, sourceA, key);
  const printB = fingerprintOf(b, sourceB, key);
  if (printA === null || printB === null) return 'unknown';
  return Buffer.compare(printA, printB) === 0 ? 'same' : 'different';
}

function hasFingerprint({ changeset }: Content): boolean {
  return changeset.fingerprints !== null;
}

function fingerprintOf(
  content: Content,
  source: SeekableBytes | null,
  key: FingerprintKey,
): Uint8Array | null {
  const steps = stepsOfFingerprint(content, source, key);
  for (;;) {
    const { value, done } = steps.next();
    if (done === true) return value;
  }
}

/** Computes a fingerprint. Yields the bytes that were read after each step. */
function* stepsOfFingerprint(
  content: Content,
  source: SeekableBytes | null,
  key: FingerprintKey,
): Generator<number, Uint8Array | null> {
  const { changeset, entry } = content;
  if (changeset.fingerprints !== null) {
    return changeset.fingerprints.subarray(entry * FINGERPRINT_BYTES, (entry + 1) * FINGERPRINT_BYTES);
  }
  if (source === null) return null;
  const fingerprinter = createFingerprinter(key);
  fingerprinter.start(changeset.sparse.get(entry)?.sparse ?? null);
  const start = dataOffsetOf(changeset, entry);
  for (let done = 0; done < content.bytes; ) {
    const view = bufferA.subarray(0, Math.min(CHUNK_BYTES, content.bytes - done));
    const count = source.read(view, start + done);
    if (count === 0) return null;
    fingerprinter.update(view.subarray(0, count));
    done += count;
    yield count;
  }
  return fingerprinter.finish();
}

function sameBytesIn(
  a: SeekableBytes,
  offsetA: number,
  b: SeekableBytes,
  offsetB: number,
  length: number,
): boolean {
  // The first piece is small, because most differences are near the start.
  let piece = FIRST_PIECE_BYTES;
  for (let done = 0; done < length; ) {
    const count = Math.min(piece, length - done);
    piece = CHUNK_BYTES;
    const viewA = count === CHUNK_BYTES ? bufferA : bufferA.subarray(0, count);
    const viewB = count === CHUNK_BYTES ? bufferB : bufferB.subarray(0, count);
    if (a.read(viewA, offsetA + done) !== count || b.read(viewB, offsetB + done) !== count) return false;
    if (viewA.compare(viewB) !== 0) return false;
    done += count;
  }
  return true;
}

interface Opener {
  /** Returns the bytes of an uncompressed layer that can be read by position, else null. Valid until two other layers are opened. */
  source(layer: ReadLayer): SeekableBytes | null;
  close(): void;
}

/** The most open files: a layout has one for each layer, and the system limits them. */
const MAX_OPEN = 64;

function createOpener(): Opener {
  const open = new Map<SyncByteSource, OpenBytes>();
  const openRoot = (root: SyncByteSource): OpenBytes => {
    const known = open.get(root);
    if (known !== undefined) {
      // Moves it to the end: the least recently used file is the first.
      open.delete(root);
      open.set(root, known);
      return known;
    }
    const [oldest] = open;
    if (open.size >= MAX_OPEN && oldest !== undefined) {
      oldest[1].close();
      open.delete(oldest[0]);
    }
    const file = root.open();
    open.set(root, file);
    return file;
  };
  return {
    source(layer) {
      if (layer.bytes?.from !== 'source' || layer.index?.compression !== null) return null;
      const { source } = layer.bytes;
      const { root, offset } = rootOf(source);
      return openPart(openRoot(root), offset, source.size);
    },
    close() {
      for (const file of open.values()) file.close();
    },
  };
}
