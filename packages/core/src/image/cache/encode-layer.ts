import type { Finding, FindingPlace } from '../../findings/finding.js';
import type { Changeset } from '../../rootfs/changeset.js';
import type { LayerIndex } from '../layers/layer-index.js';
import { type Column, packColumns } from './column-file.js';
import type { LayerDocument } from './layer-document.js';

/** What was learnt of a layer, and how well it was checked. */
export interface KeptLayer {
  readonly index: LayerIndex;
  /** Whether the CRC of gzip was checked, too. */
  readonly isChecked: boolean;
}

/** Returns the index of a layer as bytes, in parts that may be views of its columns. */
export function encodeLayer({ index, isChecked }: KeptLayer): Uint8Array[] {
  const { changeset, compression, storedBytes, tarBytes, digests, diffIds, inflated, problem, tocFindings } =
    index;
  const { isSelfContained, plainNames, metadataBytes, findings, fingerprints, mtimeNs } = changeset;
  const xattrs = xattrColumns(changeset);
  const document: LayerDocument = {
    compression,
    storedBytes,
    tarBytes,
    digests: [...digests],
    diffIds: [...diffIds],
    inflated,
    isChecked,
    problem,
    isSelfContained,
    plainNames,
    metadataBytes,
    findings: findings.map(asDocument),
    tocFindings: tocFindings.map(asDocument),
    counts: {
      entries: changeset.count,
      directories: changeset.dirParent.length,
      links: changeset.linkEntry.length,
      names: changeset.names.length,
      xattrs: xattrs.entries.length,
    },
    hasNanoseconds: mtimeNs !== null,
    hasFingerprints: fingerprints !== null,
    xattrSets: xattrs.sets,
    sparse: [...changeset.sparse].map(
      ([
        entry,
        {
          storedSize,
          sparse: { form, extents },
        },
      ]) => [
        entry,
        storedSize,
        { form, extents: extents === null ? null : extents.map(({ offset, bytes }) => ({ offset, bytes })) },
      ],
    ),
    devices: [...changeset.devices].map(([entry, [major, minor]]) => [entry, major, minor]),
    asStored: [...changeset.asStored].map(([entry, { nameStart, nameLength, size, isDirectory }]) => [
      entry,
      nameStart,
      nameLength,
      size,
      isDirectory,
    ]),
  };
  return packColumns(document, [
    ...columnsOf(changeset),
    ...(mtimeNs === null ? [] : [mtimeNs]),
    ...(fingerprints === null ? [] : [fingerprints]),
    xattrs.entries,
    xattrs.numbers,
  ]);
}

/** Returns the columns that every changeset has, in the order in which they are decoded. */
function columnsOf(changeset: Changeset): Column[] {
  return [
    changeset.kind,
    changeset.parent,
    changeset.nameStart,
    changeset.nameLength,
    changeset.mode,
    changeset.uid,
    changeset.gid,
    changeset.size,
    changeset.mtime,
    changeset.headerOffset,
    changeset.headerBytes,
    changeset.dirParent,
    changeset.dirNameStart,
    changeset.dirNameLength,
    changeset.linkEntry,
    changeset.linkStart,
    changeset.linkLength,
    changeset.names,
  ];
}

function asDocument({ place, ...finding }: Finding) {
  return place === undefined ? finding : { ...finding, place: withOwnImages(place) };
}

function withOwnImages({ images, ...place }: FindingPlace) {
  return images === undefined ? place : { ...place, images: [...images] };
}

/** Returns the different sets of xattrs, and for each entry that has one its number. */
function xattrColumns({ xattrs }: Changeset): {
  readonly sets: [string, string][][];
  readonly entries: Uint32Array;
  readonly numbers: Uint32Array;
} {
  const sets: [string, string][][] = [];
  const known = new Map<string, number>();
  const numbers: number[] = [];
  for (const xattrsOfEntry of xattrs.values()) {
    const set = [...xattrsOfEntry].map(([name, value]): [string, string] => [
      name,
      Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'),
    ]);
    const text = JSON.stringify(set);
    let number = known.get(text);
    if (number === undefined) {
      number = sets.push(set) - 1;
      known.set(text, number);
    }
    numbers.push(number);
  }
  return { sets, entries: Uint32Array.from(xattrs.keys()), numbers: Uint32Array.from(numbers) };
}
