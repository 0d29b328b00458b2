import { latin1, type PaxRecord } from './pax.js';
import { parseTime } from './time.js';

/** GNU's and POSIX's types that Go's users refuse: contiguous file, dump directory, sparse file. */
const REFUSED_TYPES: ReadonlySet<number> = new Set([0x37, 0x44, 0x53]);
const TIMES: ReadonlySet<string> = new Set(['atime', 'ctime']);
const NAMES: ReadonlySet<string> = new Set(['path', 'linkpath', 'uname', 'gname']);
/** Longer texts are not times. */
const MAX_TIME_TEXT = 100;

/**
 * Returns whether Docker, podman and containerd accept an entry of this type with these records. They use Go's
 * `archive/tar`, which refuses invalid values also of records that have no effect here.
 */
export function isPortable(typeflag: number, pax: readonly PaxRecord[]): boolean {
  return !REFUSED_TYPES.has(typeflag) && pax.every(isPortableRecord);
}

/** As `validPAXRecord` and `mergePAX` of Go's archive/tar check a record. */
function isPortableRecord({ key, value }: PaxRecord): boolean {
  if (key === '') return false;
  if (NAMES.has(key)) return !value.includes(0);
  if (key.includes('\0')) return false;
  if (!TIMES.has(key) || value.length === 0) return true;
  return value.length <= MAX_TIME_TEXT && parseTime(latin1(value)) !== null;
}
