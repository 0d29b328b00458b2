import {
  type Changeset,
  FINGERPRINT_BYTES,
  type SparseContent,
  type StoredEntry,
} from '../../rootfs/changeset.js';
import { checkChangeset } from './check-changeset.js';
import { ColumnReader, Damage } from './column-file.js';
import type { KeptLayer } from './encode-layer.js';
import { type LayerDocument, parseLayerDocument } from './layer-document.js';

/**
 * Returns what `encodeLayer` encoded; null for damaged bytes, and for bytes that no layer could have led to: every number that
 * is used as a position is checked. The columns are views of the bytes, which start at a multiple of 8 of their buffer.
 */
export function decodeLayer(bytes: Uint8Array<ArrayBuffer>): KeptLayer | null {
  try {
    const reader = new ColumnReader(bytes);
    const document = parseLayerDocument(reader.document);
    if (document === null) return null;
    const { compression, storedBytes, tarBytes, digests, diffIds, inflated, problem, tocFindings } = document;
    const changeset = readChangeset(reader, document);
    reader.end();
    checkChangeset(changeset, tarBytes);
    return {
      isChecked: document.isChecked,
      index: {
        changeset,
        compression,
        storedBytes,
        tarBytes,
        digests,
        diffIds,
        inflated,
        problem,
        accessPoints: null,
        tocFindings,
      },
    };
  } catch (error) {
    if (error instanceof Damage) return null;
    throw error;
  }
}

function readChangeset(reader: ColumnReader, document: LayerDocument): Changeset {
  const { entries, directories, links, names, xattrs } = document.counts;
  return {
    count: entries,
    kind: reader.take(Uint8Array, entries),
    parent: reader.take(Int32Array, entries),
    nameStart: reader.take(Uint32Array, entries),
    nameLength: reader.take(Uint16Array, entries),
    mode: reader.take(Uint16Array, entries),
    uid: reader.take(Float64Array, entries),
    gid: reader.take(Float64Array, entries),
    size: reader.take(Float64Array, entries),
    mtime: reader.take(Float64Array, entries),
    headerOffset: reader.take(Float64Array, entries),
    headerBytes: reader.take(Uint32Array, entries),
    dirParent: reader.take(Int32Array, directories),
    dirNameStart: reader.take(Uint32Array, directories),
    dirNameLength: reader.take(Uint16Array, directories),
    linkEntry: reader.take(Int32Array, links),
    linkStart: reader.take(Uint32Array, links),
    linkLength: reader.take(Uint16Array, links),
    names: reader.take(Uint8Array, names),
    mtimeNs: document.hasNanoseconds ? reader.take(Uint32Array, entries) : null,
    fingerprints: document.hasFingerprints ? reader.take(Uint8Array, entries * FINGERPRINT_BYTES) : null,
    xattrs: xattrsOf(document, entries, reader.take(Uint32Array, xattrs), reader.take(Uint32Array, xattrs)),
    sparse: new Map(
      document.sparse.map(([entry, storedSize, sparse]): [number, SparseContent] => [
        below(entry, entries),
        { storedSize, sparse },
      ]),
    ),
    devices: new Map(
      document.devices.map(([entry, major, minor]): [number, readonly [number, number]] => [
        below(entry, entries),
        [major, minor],
      ]),
    ),
    asStored: new Map(
      document.asStored.map(([entry, nameStart, nameLength, size, isDirectory]): [number, StoredEntry] => {
        if (nameStart + nameLength > names) throw new Damage();
        return [below(entry, entries), { nameStart, nameLength, size, isDirectory }];
      }),
    ),
    isSelfContained: document.isSelfContained,
    plainNames: document.plainNames,
    metadataBytes: document.metadataBytes,
    findings: document.findings,
  };
}

function xattrsOf(
  { xattrSets }: LayerDocument,
  count: number,
  entries: Uint32Array,
  numbers: Uint32Array,
): Changeset['xattrs'] {
  const sets = xattrSets.map(
    (set) => new Map(set.map(([name, value]) => [name, new Uint8Array(Buffer.from(value, 'base64'))])),
  );
  const xattrs = new Map<number, ReadonlyMap<string, Uint8Array>>();
  for (let i = 0; i < entries.length; i++) {
    const set = sets[numbers[i] ?? 0];
    if (set === undefined) throw new Damage();
    xattrs.set(below(entries[i] ?? 0, count), set);
  }
  return xattrs;
}

function below(entry: number, count: number): number {
  if (entry >= count) throw new Damage();
  return entry;
}
