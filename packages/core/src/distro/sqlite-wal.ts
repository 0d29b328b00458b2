/** The newest version of each page that was committed to a write-ahead log. */
export interface CommittedPages {
  /** Bytes; 0 where the log holds nothing. */
  readonly pageSize: number;
  readonly pages: ReadonlyMap<number, Uint8Array>;
}

const HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit of the magic number tells the byte order of the checksums. */
const MAGIC = 0x377f0682;

/**
 * The pages of a write-ahead log up to the last commit before the first frame that is not the log's own: what
 * follows is left from before the log was begun anew, or was never finished, and SQLite passes it over too. A log
 * with a header that is damaged counts as empty, as it does there.
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
