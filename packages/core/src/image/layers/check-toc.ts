import { isLayersError } from '@layers/errors';
import { createFinding, type Finding } from '../../findings/finding.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import type { Changeset } from '../../rootfs/changeset.js';
import {
  changesetOfToc,
  compareToc,
  FOOTER_BYTES,
  InvalidToc,
  readStoredToc,
  TOC_NAME,
  tocInFooter,
  withDocument,
} from '../../toc/index.js';
import type { LayerIndex } from './layer-index.js';

/** The bytes of a blob, at least the last ones. */
export type TocSource = Pick<SyncByteSource, 'size' | 'read'>;

/**
 * Compares the entries of a layer with its table of contents, if it has one. Returns the index with findings about differences.
 * Throws ERR_LAYERS_READ.
 */
export function withTocFindings(source: TocSource, index: LayerIndex): LayerIndex {
  const { compression, problem } = index;
  if (problem !== null || (compression !== 'gzip' && compression !== 'zstd')) return index;
  const findings = tocFindings(source, index);
  return findings.length === 0 ? index : { ...index, tocFindings: findings };
}

/** Whether the last entry of a layer is a table of contents of eStargz. */
function hasDocument({ count, parent, nameStart, nameLength, names }: Changeset): boolean {
  const last = count - 1;
  const start = nameStart[last] ?? 0;
  const name = names.subarray(start, start + (nameLength[last] ?? 0));
  return parent[last] === 0 && Buffer.from(name).toString('latin1') === TOC_NAME;
}

function tocFindings(source: TocSource, { changeset, compression }: LayerIndex): readonly Finding[] {
  const tail = new Uint8Array(Math.min(source.size, FOOTER_BYTES));
  source.read(tail, source.size - tail.length);
  const place = tocInFooter(tail, source.size);
  if (place === null || (place.format === 'estargz') !== (compression === 'gzip')) return [];
  try {
    const listed = readStoredToc(source, place);
    // Some tars end before the table.
    const toc = hasDocument(changeset) ? withDocument(listed) : listed;
    return compareToc(changesetOfToc(toc).changeset, changeset).map(({ what, place: path }) =>
      createFinding('toc-mismatch', `${what} this path`, path),
    );
  } catch (error) {
    // More entries than an image may have are the fault of the table, and not of the layer.
    const isOfToc =
      error instanceof InvalidToc || (isLayersError(error) && error.code === 'ERR_LAYERS_LIMIT');
    if (!isOfToc) throw error;
    return [
      createFinding('toc-mismatch', `the table of contents of a layer cannot be used: ${error.message}`),
    ];
  }
}
