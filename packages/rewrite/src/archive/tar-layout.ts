import { encodeHeader } from '@layers/tar';
import { paddedTo512 } from '@layers/tar/internal';
import type { NewLayer } from '../image/new-image.js';
import type { ArchiveDocuments } from './archive-documents.js';

/** A file of the archive and its position. All numbers are bytes. */
export interface PlacedFile {
  readonly header: Uint8Array;
  /** Position of the header in the archive. */
  readonly offset: number;
  /** Position of the data. */
  readonly dataOffset: number;
  readonly sizeBytes: number;
  /** The bytes, or the layer that provides them. */
  readonly data: Uint8Array | NewLayer;
}

export interface TarLayout {
  readonly files: readonly PlacedFile[];
  /** Position of the end-of-archive blocks. */
  readonly end: number;
}

/**
 * Returns the layout of the tar: USTAR headers with docker's values (mode 0644, owner 0, time 0), and PAX headers if a
 * size or a sha512 name needs one. Pure.
 */
export function tarLayout({ documents, layers }: ArchiveDocuments): TarLayout {
  const files: PlacedFile[] = [];
  let offset = 0;
  const place = (name: string, sizeBytes: number, data: PlacedFile['data']): void => {
    const header = encodeHeader({ path: name, size: sizeBytes });
    const dataOffset = offset + header.length;
    files.push({ header, offset, dataOffset, sizeBytes, data });
    offset = dataOffset + paddedTo512(sizeBytes);
  };
  for (const { name, bytes } of documents) place(name, bytes.length, bytes);
  for (const { name, sizeBytes, layer } of layers) place(name, sizeBytes, layer);
  return { files, end: offset };
}

/** Returns where the layers start: the header of the first one, after the documents. */
export function documentsEnd({ files, end }: TarLayout): number {
  return files.find(({ data }) => !(data instanceof Uint8Array))?.offset ?? end;
}
