/** The newest committed version of each page in a write-ahead log. */
export interface CommittedPages {
  /** In bytes; 0 for an empty log. */
  readonly pageSize: number;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit of the magic number is the byte order of the checksums. */
const MAGIC = 0x377f0682;

/**
 * Returns the pages of a write-ahead log up to the last commit before the first invalid frame. Later frames are from
 * before a reset of the log, or incomplete; SQLite ignores them too. A log with a damaged header is empty, as in SQLite.
 *
 * @see https://www.sqlite.org/fileformat2.html section 4
 */
export function committedPages(log: Uint8Array | undefined): CommittedPages {
  const pages = new Map<number, Uint8Array>();
  if (log === undefined || log.length < HEADER) return { pageSize: 0, pages };
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const magic = view.getUint32(0);
  const pageSize = view.getUint32(8);
  if (magic >>> 1 !== MAGIC >>> 1 || pageSize < 512 || pageSize > 65_536) return { pageSize: 0, pages };

  const littleEndian = (magic & 1) === 0;
  let sums = addWords(view, 0, 24, { first: 0, second: 0 }, littleEndian);
  if (sums.first !== view.getUint32(24) || sums.second !== view.getUint32(28)) return { pageSize: 0, pages };

  let pending = new Map<number, Uint8Array>();
  const step = FRAME_HEADER + pageSize;
  for (let at = HEADER; at + step <= log.length; at += step) {
    const salted =
      view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
    if (!salted) break;
    sums = addWords(view, at, 8, sums, littleEndian);
    sums = addWords(view, at + FRAME_HEADER, pageSize, sums, littleEndian);
    if (sums.first !== view.getUint32(at + 16) || sums.second !== view.getUint32(at + 20)) break;
    pending.set(view.getUint32(at), log.subarray(at + FRAME_HEADER, at + step));
    const commits = view.getUint32(at + 4) !== 0;
    if (!commits) continue;
    for (const [number, page] of pending) pages.set(number, page);
    pending = new Map();
  }
  return { pageSize, pages };
}

interface Sums {
  readonly first: number;
  readonly second: number;
}

function addWords(view: DataView, start: number, length: number, sums: Sums, littleEndian: boolean): Sums {
  let { first, second } = sums;
  const end = start + length;
  for (let at = start; at + 8 <= end; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return { first, second };
}
