import { encodeHeader } from '@layers/tar';
import { paddedTo512 } from '@layers/tar/internal';
import type { NewLayer } from '../image/new-image.js';
import type { ArchiveDocuments } from './archive-documents.js';

/** Where a member of the archive stands. All numbers are bytes. */
export interface PlacedFile {
  readonly header: Uint8Array;
  /** Position of the header in the archive. */
  readonly offset: number;
  /** Position of the data. */
  readonly dataOffset: number;
  readonly size: number;
  /** What the data is. */
  readonly data: Uint8Array | NewLayer;
}

export interface TarLayout {
  readonly files: readonly PlacedFile[];
  /** Position of the two blocks that end the archive. */
  readonly end: number;
}

/**
 * Where everything stands in the tar: USTAR headers with docker's usual values (mode 0644, owner 0, time 0), with a
 * PAX header where a size or a sha512 name asks for one. Pure.
 */
export function tarLayout({ documents, layers }: ArchiveDocuments): TarLayout {
  const members: PlacedFile[] = [];
  let offset = 0;
  const place = (name: string, size: number, data: PlacedFile['data']): void => {
    const header = encodeHeader({ path: name, size });
    const dataOffset = offset + header.length;
    members.push({ header, offset, dataOffset, size, data });
    offset = dataOffset + paddedTo512(size);
  };
  for (const { name, bytes } of documents) place(name, bytes.length, bytes);
  for (const { name, size, layer } of layers) place(name, size, layer);
  return { files: members, end: offset };
}
